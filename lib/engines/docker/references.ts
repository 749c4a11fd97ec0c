/** Finds the ConfigMaps and Secrets that a leaf names, to hand their data to its own containers. */
import type { ObjectKind, ObjectLookup } from '../../executor/objects.ts';
import type { JsonValue } from '../../protocol/json.ts';
import type { TaskSpec } from '../../protocol/task-spec.ts';

export async function referencedObjects(
  spec: TaskSpec,
  lookup: ObjectLookup,
): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
  const names = new Set<string>();
  const add = (kind: ObjectKind, name: string) => names.add(`${kind}/${name}`);
  for (const container of [...spec.containers, ...spec.initContainers, ...spec.sidecars]) {
    for (const source of container.envFrom ?? []) add(source.kind, source.name);
    for (const variable of container.env) {
      if ('from' in variable && 'name' in variable.from) add(variable.from.kind, variable.from.name);
    }
  }
  for (const volume of spec.volumes) {
    if (volume.kind === 'projected') for (const source of volume.sources) add(source.kind, source.source);
    else if (volume.kind === 'configMap' || volume.kind === 'secret') add(volume.kind, volume.source);
  }
  for (const { artifact } of [...spec.inputs.artifacts, ...spec.outputs.artifacts]) {
    for (const name of secretNames(artifact)) add('secret', name);
  }
  const found: Record<string, Readonly<Record<string, string>>> = {};
  for (const name of names) {
    const [kind, ...rest] = name.split('/');
    const data = await lookup(kind as ObjectKind, rest.join('/'));
    if (data !== undefined) found[name] = data;
  }
  return found;
}

/** Every selector of an artifact's location sits in a field that ends in `Secret`. */
function secretNames(value: JsonValue | undefined, field = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((each: JsonValue) => secretNames(each));
  const name = (value as { readonly name?: JsonValue }).name;
  const own = field.endsWith('Secret') && typeof name === 'string' ? [name] : [];
  return [...own, ...Object.entries(value).flatMap(([key, each]) => secretNames(each as JsonValue, key))];
}
