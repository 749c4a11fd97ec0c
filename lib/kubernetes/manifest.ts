/** A manifest as kubectl reads it: documents, lists flattened, each with its type and namespace. */
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import { type ResourceType, type ResourceTypes, typeOfObject } from './discovery.ts';
import { kubectlError } from './status-error.ts';

/** Where Argo puts the manifest, and so what its messages say. */
export const MANIFEST_FILE = '/tmp/manifest.yaml';

export interface ManifestObject {
  readonly type: ResourceType;
  /** Empty for types outside of namespaces. */
  readonly namespace: string;
  /** Empty for one that is to get its name. */
  readonly name: string;
  readonly object: JsonObject;
}

export interface ManifestReader {
  readonly readYaml: (text: string) => unknown;
  readonly types: ResourceTypes;
  /** Given with `--namespace`. */
  readonly namespace?: string;
  readonly defaultNamespace: string;
  readonly file: string;
  readonly isValidated: boolean;
}

/** Throws KubectlError. */
export function readManifest(text: string, reader: ManifestReader): readonly ManifestObject[] {
  return documentsOf(text)
    .map((one) => parsed(one, reader))
    .filter((value) => value !== null)
    .flatMap((value) => flattened(value, reader))
    .map((object) => placed(object, reader));
}

function documentsOf(text: string): readonly string[] {
  return text.split(/^---(?:[ \t].*)?$/m).filter((one) => one.trim() !== '');
}

export function parsed(
  text: string,
  { readYaml, file }: Pick<ManifestReader, 'readYaml' | 'file'>,
): JsonValue {
  try {
    return readYaml(text) as JsonValue;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw kubectlError(`error: error parsing ${file}: error converting YAML to JSON: ${why}`);
  }
}

function flattened(value: JsonValue, reader: ManifestReader): readonly JsonObject[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(reader, 'invalid object to validate');
  const object = value as JsonObject;
  const items = object['items'];
  const isList = String(object['kind'] ?? '').endsWith('List') && Array.isArray(items);
  return isList ? (items as readonly JsonValue[]).flatMap((one) => flattened(one, reader)) : [object];
}

function invalid({ file, isValidated }: ManifestReader, why: string): Error {
  if (!isValidated) return kubectlError(`error: unable to decode "${file}": ${why}`);
  const remedy = 'if you choose to ignore these errors, turn validation off with --validate=false';
  return kubectlError(`error: error validating "${file}": error validating data: ${why}; ${remedy}`);
}

function placed(object: JsonObject, reader: ManifestReader): ManifestObject {
  const { apiVersion, kind } = object;
  const missing = [...(apiVersion ? [] : ['apiVersion not set']), ...(kind ? [] : ['kind not set'])];
  if (missing.length > 0)
    throw invalid(reader, missing.length === 1 ? missing[0]! : `[${missing.join(', ')}]`);
  const metadata = (object['metadata'] ?? {}) as JsonObject;
  const name = String(metadata['name'] ?? '');
  const own = String(metadata['namespace'] ?? '');
  const type = typeOfObject(reader.types, String(apiVersion), String(kind));
  if (type === undefined)
    throw kubectlError(
      `error: resource mapping not found for name: "${name}" namespace: "${own}" from "${reader.file}": ` +
        `no matches for kind "${String(kind)}" in version "${String(apiVersion)}"\nensure CRDs are installed first`,
    );
  if (!type.isNamespaced) return { type, namespace: '', name, object };
  if (reader.namespace !== undefined && own !== '' && own !== reader.namespace)
    throw kubectlError(
      `error: the namespace from the provided object "${own}" does not match the namespace ` +
        `"${reader.namespace}". You must pass '--namespace=${own}' to perform this operation.`,
    );
  const namespace = own || reader.namespace || reader.defaultNamespace;
  return { type, namespace, name, object: { ...object, metadata: { ...metadata, namespace } } };
}
