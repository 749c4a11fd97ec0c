/** Loads an input artifact to the place where main sees it (`workflow/executor/executor.go` loadArtifact). */
import { chmod, lstat, mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { JsonObject } from '../protocol/json.ts';
import type { InputArtifact } from '../protocol/task-spec.ts';
import { type ArtifactPlace, type ArtifactStores, artifactPlace, asObject, text } from './artifact-stores.ts';
import { extractTar, isTarGz } from './extract-tar.ts';
import { extractZip } from './extract-zip.ts';
import { loadGit } from './git-artifact.ts';
import { ArtifactNotFoundError, loadHttp } from './http-artifact.ts';
import type { ObjectLookup } from './objects.ts';
import { walk } from './pack.ts';
import { entryParts, placeBelow } from './safe-path.ts';

export interface LoadContext {
  readonly stores: ArtifactStores;
  readonly lookup: ObjectLookup;
  readonly signal?: AbortSignal;
}

/** False when an optional artifact is not there. `path` must not exist; its folder is made. */
export async function loadArtifact(
  input: InputArtifact,
  path: string,
  context: LoadContext,
): Promise<boolean> {
  const loaded = `${path}.argosy-new`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await fetchArtifact(input, loaded, context);
  } catch (error) {
    await rm(loaded, { force: true, recursive: true });
    if (input.optional && error instanceof ArtifactNotFoundError) return false;
    throw new Error(`artifact ${input.name} failed to load: ${messageOf(error)}`);
  }
  await rmdir(path).catch(() => undefined); // an empty folder in the way, such as a fresh /tmp
  await unpack(loaded, path, await archiveKind(input.artifact, loaded));
  if (input.mode !== undefined) await changeMode(path, input.mode, input.recurseMode === true);
  return true;
}

async function fetchArtifact(input: InputArtifact, file: string, context: LoadContext): Promise<void> {
  const place = artifactPlace({ ...input.artifact, name: input.name }, context.stores);
  if (place.kind === 'raw') await writeFile(file, place.data, { flag: 'wx' });
  else if (place.kind === 'http') await loadHttp(place.location, file, context.lookup, context.signal);
  else if (place.kind === 'git') await loadGit(place.location, file, context.lookup, context.signal);
  else await fetchBlob(place, file);
}

/** A key that is no blob may be a folder: the beginning of other keys. */
async function fetchBlob(place: Extract<ArtifactPlace, { kind: 'blob' }>, file: string): Promise<void> {
  if (!place.key.endsWith('/') && (await place.store.getFile(place.key, file))) return;
  const prefix = place.key.endsWith('/') ? place.key : `${place.key}/`;
  const blobs = await place.store.list(prefix);
  if (blobs.length === 0) throw new ArtifactNotFoundError('The specified key does not exist.');
  await mkdir(file);
  for (const blob of blobs) {
    const parts = entryParts(blob.key.slice(prefix.length));
    if (parts.length === 0 || blob.key.endsWith('/')) continue;
    await place.store.getFile(blob.key, await placeBelow(file, parts));
  }
}

type ArchiveKind = 'none' | 'tar' | 'zip';

/** gzip-tar is recognised by its content; zip only when declared. */
async function archiveKind(artifact: JsonObject, file: string): Promise<ArchiveKind> {
  const archive = asObject(artifact['archive']) ?? {};
  if (asObject(archive['none']) !== undefined) return 'none';
  if (asObject(archive['tar']) !== undefined) return 'tar';
  if (asObject(archive['zip']) !== undefined) return 'zip';
  if (!(await lstat(file)).isFile()) return 'none';
  return (await isTarGz(file)) ? 'tar' : 'none';
}

/** An archive with a single top-level entry becomes that entry, any other a folder of its entries. */
async function unpack(loaded: string, path: string, kind: ArchiveKind): Promise<void> {
  if (kind === 'none') return await rename(loaded, path);
  const folder = `${path}.argosy-dir`;
  await mkdir(folder);
  try {
    await (kind === 'tar' ? extractTar : extractZip)(loaded, folder);
    const [only, ...others] = await readdir(folder);
    await rename(only !== undefined && others.length === 0 ? join(folder, only) : folder, path);
  } finally {
    await rm(folder, { force: true, recursive: true });
    await rm(loaded, { force: true });
  }
}

async function changeMode(path: string, mode: number, recurse: boolean): Promise<void> {
  if (!recurse) return await chmod(path, mode & 0o7777);
  const found: string[] = [];
  for await (const { path: each, info } of walk(path, '')) if (!info.isSymbolicLink()) found.push(each);
  for (const each of found.reverse()) await chmod(each, mode & 0o7777);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : text(String(error));
}
