/** Whether an artifact's location is complete, and what its template or the default store adds to it. */
import { type ArtifactStore, artifactStores } from '../../argo/artifact.ts';
import type { JsonObject, JsonValue } from '../../protocol/json.ts';
import type { ArtifactRef } from '../../protocol/outcome.ts';
import { failure, type Result, success } from './result.ts';

/** The field of a store that holds its key; raw and git have none (`artifact_location` GetKey upstream). */
const keyFields: Readonly<Partial<Record<ArtifactStore, string>>> = {
  s3: 'key',
  gcs: 'key',
  azure: 'blob',
  oss: 'key',
  hdfs: 'path',
  http: 'url',
  artifactory: 'url',
  plugin: 'key',
};

/** Without these a store's location is only a key, to be completed by another location of the same kind. */
const placeFields: Readonly<Partial<Record<ArtifactStore, string>>> = {
  s3: 'bucket',
  gcs: 'bucket',
  azure: 'container',
  oss: 'bucket',
  hdfs: 'addresses',
  plugin: 'configuration',
};

export function storeOf(location: JsonObject): ArtifactStore | undefined {
  return artifactStores.find((store) => isObject(location[store]));
}

export function keyOf(location: JsonObject): string | undefined {
  const store = storeOf(location);
  const field = store && keyFields[store];
  const key = store && field && (location[store] as JsonObject)[field];
  return typeof key === 'string' && key !== '' ? key : undefined;
}

/** Says where the bytes are without anything else; unlike Argo's, an S3 bucket needs no endpoint on AWS. */
export function isComplete(location: JsonObject): boolean {
  const store = storeOf(location);
  if (!store) return false;
  if (store === 'raw') return true;
  const body = location[store] as JsonObject;
  if (store === 'git') return isSet(body['repo']);
  const place = placeFields[store];
  return keyOf(location) !== undefined && (place === undefined || isSet(body[place]));
}

/** Where to list keys: a store that names its bucket needs no key, which then is that of the whole bucket. */
export function listedLocation(artifact: ArtifactRef, base: JsonObject | undefined): ArtifactRef {
  const store = storeOf(artifact);
  const place = store && placeFields[store];
  if (store && place && isSet((artifact[store] as JsonObject)[place])) return artifact;
  return { ...withoutStores(artifact), ...locationWithKey(base, keyOf(artifact) ?? '') };
}

export function hasLocationOrKey(location: JsonObject): boolean {
  return isComplete(location) || keyOf(location) !== undefined;
}

/**
 * `pkg/apis/workflow/v1alpha1` Relocate: a location that is only a key takes everything else from `base`;
 * without a base the key is one of the default store.
 */
export function relocated(artifact: ArtifactRef, base: JsonObject | undefined): Result<ArtifactRef> {
  if (isComplete(artifact)) return success(artifact);
  const key = keyOf(artifact);
  if (key === undefined)
    return failure('key unsupported: cannot get key for artifact location, because it is invalid');
  return success({ ...withoutStores(artifact), ...locationWithKey(base, key) });
}

/** The store of `base` with another key; the default store's location is an S3 key without a bucket. */
export function locationWithKey(base: JsonObject | undefined, key: string): JsonObject {
  const store = base && storeOf(base);
  const field = store && keyFields[store];
  if (!store || !field) return { s3: { key } };
  return { [store]: { ...(base[store] as JsonObject), [field]: key } };
}

export function withoutStores(artifact: ArtifactRef): ArtifactRef {
  const kept = Object.entries(artifact).filter(([name]) => !artifactStores.includes(name as ArtifactStore));
  return Object.fromEntries(kept);
}

function isSet(value: JsonValue | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== '';
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
