/**
 * Writes lib/argo/schema.generated.ts: `tsx test/tools/generate-schema.ts ARGO MODULES`, with the source of the release
 * of Argo Workflows that is to be read, and the folder of Go's modules in which its own are (`go env GOMODCACHE`).
 * Names and types are those of Argo's published JSON schema; the order of the fields, and which of them are never
 * left out of JSON, are those of the Go types.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { type GoStruct, readGoStructs } from './go-structs.ts';

interface Property {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly items?: Property;
  readonly additionalProperties?: Property;
}

interface Definition extends Property {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
}

const argo = 'io.argoproj.workflow.v1alpha1.';

const roots = [
  'Workflow',
  'WorkflowTemplate',
  'ClusterWorkflowTemplate',
  'CronWorkflow',
  'WorkflowEventBinding',
];

/** Definitions that stand for a single value in JSON. */
const scalars: Readonly<Record<string, string>> = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'int-or-string',
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'object',
  [`${argo}Amount`]: 'amount',
  [`${argo}Item`]: 'any',
  [`${argo}Plugin`]: 'plugin',
  [`${argo}ParallelSteps`]: '[]WorkflowStep',
};

/** `AnyString` in Go, which takes numbers and booleans too; the schema calls it a string. */
const anyStrings: Readonly<Record<string, readonly string[]>> = {
  Parameter: ['value', 'default', 'enum', 'description'],
  ValueFrom: ['default'],
};

/** Kubernetes' own kinds that runs read; they are not part of Argo's schema. */
const kubernetes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ConfigMap: {
    apiVersion: 'string',
    binaryData: '{}string',
    data: '{}string',
    immutable: 'boolean',
    kind: 'string',
    metadata: 'ObjectMeta',
  },
  Secret: {
    apiVersion: 'string',
    data: '{}string',
    immutable: 'boolean',
    kind: 'string',
    metadata: 'ObjectMeta',
    stringData: '{}string',
    type: 'string',
  },
};

function nameOf(definition: string): string {
  const short = definition.slice(definition.lastIndexOf('.') + 1);
  return definition.startsWith(argo) || !definition.startsWith('io.k8s.api.core.') ? short : `core.${short}`;
}

/** Where the Go types of a definition are, by what its name begins with. */
function structsOf(source: string, modules: string): (definition: string) => GoStruct | undefined {
  const requirements = readFileSync(`${source}/go.mod`, 'utf8');
  const moduleOf = (name: string) =>
    `${modules}/${name}@${requirements.match(new RegExp(`^\\s*${name} (\\S+)`, 'm'))?.[1]}`;
  const packages = Object.entries({
    [argo]: `${source}/pkg/apis/workflow/v1alpha1`,
    'io.k8s.api.core.v1.': `${moduleOf('k8s.io/api')}/core/v1`,
    'io.k8s.api.policy.v1.': `${moduleOf('k8s.io/api')}/policy/v1`,
    'io.k8s.apimachinery.pkg.apis.meta.v1.': `${moduleOf('k8s.io/apimachinery')}/pkg/apis/meta/v1`,
  }).map(([prefix, folder]) => ({ prefix, structs: readGoStructs(folder) }));
  const all = new Map(packages.toReversed().flatMap(({ structs }) => [...structs]));
  const flat = ({ fields }: GoStruct): GoStruct['fields'] =>
    fields.flatMap((field) => (field.name === '' ? flat(all.get(field.type)!) : [field]));
  return (definition) => {
    const found = packages.find(({ prefix }) => definition.startsWith(prefix));
    const struct = found?.structs.get(definition.slice(found.prefix.length));
    return struct && { fields: flat(struct) };
  };
}

function main(source: string, modules: string): void {
  const schema = readFileSync(`${source}/api/jsonschema/schema.json`, 'utf8');
  const { definitions } = JSON.parse(schema) as { definitions: Readonly<Record<string, Definition>> };
  const structOf = structsOf(source, modules);
  const queue = roots.map((root) => argo + root);
  const seen = new Set(queue);
  const refer = (reference: string): string => {
    const target = reference.replace('#/definitions/', '');
    const scalar = scalars[target];
    if (target === `${argo}ParallelSteps`) refer(`${argo}WorkflowStep`);
    if (scalar) return scalar;
    if (!seen.has(target)) {
      seen.add(target);
      queue.push(target);
    }
    return nameOf(target);
  };
  const typeOf = (property: Property): string => {
    if (property.$ref) return refer(property.$ref);
    if (property.type === 'array') return `[]${typeOf(property.items ?? {})}`;
    if (property.type === 'object' && property.additionalProperties) {
      return `{}${typeOf(property.additionalProperties)}`;
    }
    if (property.format === 'byte') return 'bytes';
    return property.type ?? 'any';
  };
  const types: Record<string, Record<string, string>> = {};
  const values: Record<string, readonly string[]> = {};
  for (const name of queue) {
    const fields: Record<string, string> = {};
    const any = anyStrings[nameOf(name)] ?? [];
    const properties = definitions[name]?.properties ?? {};
    const struct = structOf(name)?.fields ?? [];
    const places = new Map(struct.map((field, place) => [field.name, place]));
    const placeOf = (field: string) => places.get(field) ?? struct.length;
    for (const field of Object.keys(properties).sort((a, b) => placeOf(a) - placeOf(b))) {
      const type = typeOf(properties[field]!);
      fields[field] = any.includes(field) ? type.replace('string', 'any-string') : type;
    }
    types[nameOf(name)] = fields;
    const isValue = (field: string) => /^[A-Z]/.test(struct[places.get(field) ?? -1]?.type ?? '');
    const isRow = (field: string) => seen.has(properties[field]!.$ref?.replace('#/definitions/', '') ?? '');
    const own = Object.keys(fields).filter((field) => isValue(field) && isRow(field));
    if (own.length > 0) values[nameOf(name)] = own;
  }
  writeFileSync(
    new URL('../../lib/argo/schema.generated.ts', import.meta.url),
    render({ ...types, ...kubernetes }, values),
  );
}

function render(
  types: Readonly<Record<string, Readonly<Record<string, string>>>>,
  values: Readonly<Record<string, readonly string[]>>,
): string {
  return [
    '/** Every object type of Argo v4.1.2 and Kubernetes that its documents can hold: field by field, ' +
      'with its type. */',
    '',
    '// Generated by test/tools/generate-schema.ts from api/jsonschema/schema.json and the Go types of ' +
      'argoproj/argo-workflows',
    '// and Kubernetes (see NOTICE).',
    '// A type is a scalar, the name of another row, `[]` and an element type, or `{}` and a value type.',
    '',
    "/** The fields of a row stand in the order of the Go type's, in which Go writes them. */",
    'export const schemaTypes: Readonly<Record<string, Readonly<Record<string, string>>>> = {',
    ...rows(types, (fields) => {
      const entries = Object.entries(fields).map(([field, type]) => `${field}: '${type}'`);
      return `{ ${entries.join(', ')} }`;
    }),
    '};',
    '',
    '/** Objects that Go writes also where nothing is in them, as they are no pointers: `omitempty` leaves them. */',
    'export const schemaValues: Readonly<Record<string, readonly string[]>> = {',
    ...rows(values, (fields) => `[${fields.map((field) => `'${field}'`).join(', ')}]`),
    '};',
    '',
  ].join('\n');
}

function rows<T>(table: Readonly<Record<string, T>>, text: (row: T) => string): readonly string[] {
  return Object.entries(table)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, row]) => `  ${name.includes('.') ? `'${name}'` : name}: ${text(row)},`);
}

const [source, modules] = process.argv.slice(2);
if (source === undefined || modules === undefined) throw new Error('usage: generate-schema.ts ARGO MODULES');
main(source, modules);
