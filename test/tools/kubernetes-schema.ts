/**
 * Makes test/kubernetes/openapi.generated.json: what the API server of Kubernetes says of the kinds that the tests use, without
 * prose. `npx tsx test/tools/kubernetes-schema.ts SERVER TOKEN` asks a server, such as one that `kubectl proxy` shows.
 */
import { writeFileSync } from 'node:fs';

const DOCUMENTS: Readonly<Record<string, readonly string[]>> = {
  'api/v1': ['ConfigMap', 'Secret', 'Namespace', 'Pod', 'Service', 'ServiceAccount'],
  'apis/apps/v1': ['Deployment'],
  'apis/batch/v1': ['Job'],
  'apis/rbac.authorization.k8s.io/v1': ['Role', 'RoleBinding'],
};

/** What a validator and a strategic merge need. */
const KEPT = new Set([
  ...[
    '$ref',
    'allOf',
    'type',
    'format',
    'properties',
    'items',
    'required',
    'additionalProperties',
    'enum',
    'oneOf',
  ],
  ...['x-kubernetes-patch-merge-key', 'x-kubernetes-patch-strategy', 'x-kubernetes-group-version-kind'],
]);

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const [, , server = 'http://127.0.0.1:8001', token = ''] = process.argv;

const schemas: Record<string, Json> = {};
for (const [path, kinds] of Object.entries(DOCUMENTS)) {
  const response = await fetch(`${server}/openapi/v3/${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const all = ((await response.json()) as { components: { schemas: Record<string, Json> } }).components
    .schemas;
  const pending = Object.keys(all).filter(
    (name) => kinds.includes(name.replace(/^.*\./, '')) && isKind(all[name]!),
  );
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (schemas[name] !== undefined) continue;
    schemas[name] = reduced(all[name]!, false);
    for (const [, target] of JSON.stringify(schemas[name]).matchAll(/#\/components\/schemas\/([^"]+)/g))
      pending.push(target!);
  }
}
const lines = Object.entries(schemas)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, schema]) => `${JSON.stringify(name)}: ${JSON.stringify(schema)}`);
writeFileSync(
  new URL('../kubernetes/openapi.generated.json', import.meta.url),
  `{"schemas": {\n${lines.join(',\n')}\n}}\n`,
);

function isKind(schema: Json): boolean {
  return typeof schema === 'object' && schema !== null && 'x-kubernetes-group-version-kind' in schema;
}

/** Names of properties stay whatever they are. */
function reduced(value: Json, isNames: boolean): Json {
  if (Array.isArray(value)) return value.map((one: Json) => reduced(one, false));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => isNames || KEPT.has(key))
      .map(([key, one]) => [
        key,
        key.startsWith('x-') ? one : reduced(one, key === 'properties' && !isNames),
      ]),
  );
}
