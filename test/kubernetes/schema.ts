/** Kubernetes' own schema (openapi.generated.json): checks objects as a server with strict field validation does. */
import { readFileSync } from 'node:fs';

export interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly 'x-kubernetes-patch-merge-key'?: string;
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }[];
}

export const { schemas } = JSON.parse(
  readFileSync(new URL('./openapi.generated.json', import.meta.url), 'utf8'),
) as {
  readonly schemas: Readonly<Record<string, Schema>>;
};

export function schemaOf(apiVersion: string, kind: string): Schema | undefined {
  return Object.values(schemas).find((one) =>
    one['x-kubernetes-group-version-kind']?.some(
      ({ group, version, kind: own }) =>
        own === kind && apiVersion === (group === '' ? version : `${group}/${version}`),
    ),
  );
}

export function resolved(schema: Schema): Schema {
  const reference = schema.$ref ?? schema.allOf?.find((one) => one.$ref !== undefined)?.$ref;
  return reference === undefined ? schema : (schemas[reference.replace(/^.*\//, '')] ?? {});
}

/** What is wrong with an object; an empty list for a right one. */
export function faultsOf(object: { readonly [key: string]: unknown }): readonly string[] {
  const schema = schemaOf(String(object['apiVersion']), String(object['kind']));
  if (schema === undefined) return [`no schema of ${String(object['kind'])}`];
  return check(object, schema, '');
}

function check(value: unknown, given: Schema, path: string): readonly string[] {
  const schema = resolved(given);
  if (value === null) return [];
  if (schema.oneOf !== undefined)
    return schema.oneOf.some((one) => check(value, one, path).length === 0)
      ? []
      : [`${path}: no variant fits`];
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return [`${path}: ${String(value)} is not one of ${schema.enum.join(', ')}`];
  if (Array.isArray(value)) {
    if (schema.type !== 'array') return [`${path}: a list where ${schema.type} is meant`];
    return value.flatMap((one: unknown, index) => check(one, schema.items ?? {}, `${path}[${index}]`));
  }
  if (typeof value === 'object') return checkObject(value as Readonly<Record<string, unknown>>, schema, path);
  const type = typeof value === 'number' && Number.isInteger(value) ? ['integer', 'number'] : [typeof value];
  return schema.type === undefined || type.includes(schema.type)
    ? []
    : [`${path}: a ${typeof value} where ${schema.type} is meant`];
}

function checkObject(
  value: Readonly<Record<string, unknown>>,
  schema: Schema,
  path: string,
): readonly string[] {
  if (schema.type !== undefined && schema.type !== 'object')
    return [`${path}: an object where ${schema.type} is meant`];
  const missing = (schema.required ?? []).filter((name) => value[name] === undefined);
  const others = schema.additionalProperties;
  const isOpen = schema.properties === undefined && others === undefined;
  return [
    ...missing.map((name) => `${path}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, one]) => {
      const field = schema.properties?.[name] ?? (typeof others === 'object' ? others : undefined);
      if (field !== undefined) return check(one, field, path === '' ? name : `${path}.${name}`);
      return isOpen || others === true ? [] : [`unknown field "${path === '' ? name : `${path}.${name}`}"`];
    }),
  ];
}
