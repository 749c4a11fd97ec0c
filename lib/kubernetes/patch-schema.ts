/** How the fields of a type merge, from the server's own OpenAPI document. */
import { type FieldSchema, PLAIN } from '../evaluate/resource/three-way-patch.ts';
import type { KubernetesApi } from './api.ts';
import type { ResourceType } from './discovery.ts';
import { isSuccess } from './status-error.ts';

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly 'x-kubernetes-patch-merge-key'?: string;
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[];
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

interface Document {
  readonly paths?: Readonly<Record<string, { readonly patch?: PatchOperation }>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

interface PatchOperation {
  readonly requestBody?: { readonly content?: Readonly<Record<string, unknown>> };
  readonly 'x-kubernetes-group-version-kind'?: GroupVersionKind;
}

export const STRATEGIC = 'application/strategic-merge-patch+json';

/** Undefined for a type that takes no strategic patches, as custom resources. */
export async function patchSchema(api: KubernetesApi, type: ResourceType): Promise<FieldSchema | undefined> {
  const root = type.group === '' ? `api/${type.version}` : `apis/${type.group}/${type.version}`;
  const response = await api({ method: 'GET', path: `/openapi/v3/${root}` });
  if (!isSuccess(response)) return undefined;
  const { paths = {}, components } = JSON.parse(response.body) as Document;
  const takes = Object.values(paths).some(
    ({ patch }) =>
      patch !== undefined &&
      isOf(type, patch['x-kubernetes-group-version-kind']) &&
      Object.hasOwn(patch.requestBody?.content ?? {}, STRATEGIC),
  );
  const schemas = components?.schemas ?? {};
  const own = Object.values(schemas).find((one) =>
    one['x-kubernetes-group-version-kind']?.some((gvk) => isOf(type, gvk)),
  );
  return takes && own !== undefined ? fieldSchema(own, schemas) : undefined;
}

function isOf(type: ResourceType, gvk: GroupVersionKind | undefined): boolean {
  return gvk?.group === type.group && gvk.version === type.version && gvk.kind === type.kind;
}

function fieldSchema(schema: Schema, schemas: Readonly<Record<string, Schema>>): FieldSchema {
  const mergeKey = schema['x-kubernetes-patch-merge-key'];
  const strategies = schema['x-kubernetes-patch-strategy']?.split(',') ?? [];
  return {
    ...(mergeKey !== undefined && { mergeKey }),
    strategies,
    field: (name) => {
      const target = resolved(schema, schemas);
      const found = target.properties?.[name];
      if (found !== undefined) return fieldSchema(found, schemas);
      const others = target.additionalProperties;
      return typeof others === 'object' ? fieldSchema(others, schemas) : PLAIN;
    },
  };
}

/** The object that a field, or an item of its list, is. */
function resolved(schema: Schema, schemas: Readonly<Record<string, Schema>>): Schema {
  const inner = schema.items ?? schema;
  const reference = inner.$ref ?? inner.allOf?.find((one) => one.$ref !== undefined)?.$ref;
  return reference === undefined ? inner : (schemas[reference.replace(/^.*\//, '')] ?? {});
}
