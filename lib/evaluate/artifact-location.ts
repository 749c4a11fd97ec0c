/**
 * Whether and where an artifact lies: ArtifactLocation's methods in
 * `pkg/apis/workflow/v1alpha1/workflow_types.go`.
 */
import type { Artifact, ArtifactStore } from '../argo/artifact.ts';

/** In the order in which Argo's ArtifactLocation.Get looks for the store that is set. */
const lookupOrder: readonly ArtifactStore[] = [
  'artifactory',
  'azure',
  'git',
  'gcs',
  'hdfs',
  'http',
  'oss',
  'raw',
  's3',
  'plugin',
];

/** The field that holds a store's key; stores without one have none. */
const keyFields: Partial<Record<ArtifactStore, string>> = {
  azure: 'blob',
  gcs: 'key',
  hdfs: 'path',
  oss: 'key',
  s3: 'key',
  plugin: 'key',
};

/** Fields that must all be set for the artifact to have a location of its own. */
const locationFields: Record<ArtifactStore, readonly string[]> = {
  artifactory: ['url', 'usernameSecret'],
  azure: ['endpoint', 'container', 'blob'],
  git: ['repo'],
  gcs: ['bucket', 'key'],
  hdfs: ['addresses'],
  http: ['url'],
  oss: ['bucket', 'endpoint', 'key'],
  raw: [],
  s3: ['endpoint', 'bucket', 'key'],
  plugin: ['name', 'configuration', 'key'],
};

type Fields = Readonly<Record<string, unknown>>;

function storeOf(artifact: Artifact): { readonly kind: ArtifactStore; readonly fields: Fields } | undefined {
  for (const kind of lookupOrder) {
    const fields = artifact[kind];
    if (fields !== undefined && fields !== null) return { kind, fields: fields as Fields };
  }
  return undefined;
}

function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== '';
}

/** The path of a URL, which serves http and artifactory as key. */
function urlPath(url: unknown): string {
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).pathname : '';
}

export function artifactKey(artifact: Artifact): string {
  const store = storeOf(artifact);
  if (store === undefined) return '';
  if (store.kind === 'http' || store.kind === 'artifactory') return urlPath(store.fields.url);
  const field = keyFields[store.kind];
  const key = field === undefined ? undefined : store.fields[field];
  return typeof key === 'string' ? key : '';
}

export function hasLocationOrKey(artifact: Artifact): boolean {
  const store = storeOf(artifact);
  if (store === undefined) return false;
  return (
    locationFields[store.kind].every((field) => isSet(store.fields[field])) || artifactKey(artifact) !== ''
  );
}

/** Go's `path.Join`: empty elements left out, `.` and `..` resolved. */
function joinPath(...parts: readonly string[]): string {
  const joined = parts.filter((part) => part !== '').join('/');
  const rooted = joined.startsWith('/');
  const kept: string[] = [];
  for (const part of joined.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!rooted) kept.push('..');
  }
  return (rooted ? '/' : '') + kept.join('/');
}

export type Appended =
  | { readonly ok: true; readonly artifact: Artifact }
  | { readonly ok: false; readonly error: string };

/** The artifact with `subPath` appended to its key. */
export function appendToKey(artifact: Artifact, subPath: string): Appended {
  const store = storeOf(artifact);
  const unsupported = (what: string): Appended => ({ ok: false, error: `key unsupported: ${what}` });
  if (store === undefined) {
    const advice = 'https://argo-workflows.readthedocs.io/en/latest/configure-artifact-repository/';
    const error = `artifact storage is not configured; see the docs for setup instructions: ${advice}`;
    return { ok: false, error };
  }
  const key = joinPath(artifactKey(artifact), subPath);
  if (store.kind === 'http' || store.kind === 'artifactory') {
    const url = store.fields.url;
    if (typeof url !== 'string' || !URL.canParse(url)) return unsupported('the url cannot be read');
    const moved = new URL(url);
    moved.pathname = key;
    return { ok: true, artifact: { ...artifact, [store.kind]: { ...store.fields, url: moved.href } } };
  }
  const field = keyFields[store.kind];
  if (field === undefined) return unsupported(`${store.kind} artifact does not have a key`);
  return { ok: true, artifact: { ...artifact, [store.kind]: { ...store.fields, [field]: key } } };
}
