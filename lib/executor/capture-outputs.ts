/** Collects what main left behind: result, parameters, artifacts, logs (`workflow/executor/postmain.go`). */
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { JsonObject, JsonValue } from '../protocol/json.ts';
import type { ArtifactRef, Globals, Outputs } from '../protocol/outcome.ts';
import type { OutputArtifact, TaskSpec } from '../protocol/task-spec.ts';
import { type ArtifactStores, artifactPlace, asObject, text } from './artifact-stores.ts';
import { saveHttp } from './http-artifact.ts';
import { PARAMETER_BYTES } from './limits.ts';
import { messageOf } from './load-artifact.ts';
import type { ObjectLookup } from './objects.ts';
import { packTarGz, packZip, type Redirect, walk } from './pack.ts';

/** Main's files as the executor can reach them. */
export interface MainFiles {
  /** Where the file or folder that main knows by this path lies; undefined when there is none. */
  locate(path: string): Promise<string | undefined>;
  readonly redirect?: Redirect;
}

export interface CaptureContext {
  readonly files: MainFiles;
  readonly stores: ArtifactStores;
  readonly lookup: ObjectLookup;
  /** Folder for archives on their way. */
  readonly scratch: string;
  /** Main's stdout, if it is wanted as result. */
  readonly result?: string;
  /** Logs of the main containers by name: files, absent where the container never ran. */
  readonly logs: Readonly<Record<string, string>>;
}

export interface Captured {
  readonly outputs: Outputs;
  readonly globals: Globals;
  /** The first decides about the node. */
  readonly errors: readonly string[];
}

export async function captureOutputs(spec: TaskSpec, context: CaptureContext): Promise<Captured> {
  const errors: string[] = [];
  const parameters = await captureParameters(spec, context.files, errors);
  const artifacts: Record<string, ArtifactRef> = {};
  for (const output of spec.outputs.artifacts) {
    try {
      if (await saveArtifact(output, context))
        artifacts[output.name] = { ...output.artifact, name: output.name };
    } catch (error) {
      errors.push(messageOf(error));
    }
  }
  for (const [container, file] of Object.entries(context.logs)) {
    try {
      const artifact = await saveLog(spec, container, file, context);
      if (artifact !== undefined) artifacts[`${container}-logs`] = artifact;
    } catch (error) {
      errors.push(messageOf(error));
    }
  }
  const outputs: Outputs = {
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(Object.keys(artifacts).length > 0 && { artifacts }),
    ...(spec.outputs.result && context.result !== undefined && { result: context.result }),
  };
  return { outputs, globals: globalsOf(spec, parameters, artifacts), errors };
}

/** The first one that is missing ends the collection of parameters, as upstream. */
async function captureParameters(
  spec: TaskSpec,
  files: MainFiles,
  errors: string[],
): Promise<Readonly<Record<string, string>>> {
  const parameters: Record<string, string> = {};
  for (const { name, path, default: fallback } of spec.outputs.parameters) {
    try {
      const found = await readParameter(files, path);
      const value = found ?? fallback;
      if (value === undefined) throw new Error(`could not find ${path}`);
      parameters[name] = value.endsWith('\n') ? value.slice(0, -1) : value;
    } catch (error) {
      errors.push(messageOf(error));
      break;
    }
  }
  return parameters;
}

async function readParameter(files: MainFiles, path: string): Promise<string | undefined> {
  const place = await files.locate(path);
  if (place === undefined) return undefined;
  const file = await open(place, 'r');
  try {
    const info = await file.stat();
    if (info.isDirectory()) throw new Error(`read ${path}: is a directory`);
    if (!info.isFile()) throw new Error(`read ${path}: is no regular file`);
    if (info.size > PARAMETER_BYTES) {
      throw new Error(
        `${path} has ${info.size} bytes, more than the ${PARAMETER_BYTES} of an output parameter`,
      );
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** False when an optional artifact is not there. */
async function saveArtifact(output: OutputArtifact, context: CaptureContext): Promise<boolean> {
  const source = await context.files.locate(output.path);
  if (source === undefined) {
    if (output.optional) return false;
    throw new Error(`artifact ${output.name} not found`);
  }
  const archive = asObject(output.artifact['archive']) ?? {};
  if (asObject(archive['none']) !== undefined) {
    await saveTree(output.artifact, source, context);
    return true;
  }
  const folder = await mkdtemp(join(context.scratch, 'pack-'));
  try {
    const packed = join(folder, 'archive');
    const level = asObject(archive['tar'])?.['compressionLevel'];
    if (asObject(archive['zip']) !== undefined) await packZip(source, packed, context.files.redirect);
    else
      await packTarGz(source, packed, typeof level === 'number' ? level : undefined, context.files.redirect);
    await saveFile(output.artifact, packed, context);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return true;
}

/** Without an archive a file is one object, a folder one object for each file. */
async function saveTree(artifact: JsonObject, source: string, context: CaptureContext): Promise<void> {
  if ((await stat(source)).isFile()) return await saveFile(artifact, source, context);
  const place = artifactPlace(artifact, context.stores);
  if (place.kind !== 'blob') throw new Error('a folder can only be saved unpacked in an object store');
  for await (const { path, name, info } of walk(
    source,
    place.key.replace(/\/+$/, ''),
    context.files.redirect,
  )) {
    if (info.isFile()) await place.store.putFile(name, path);
  }
}

async function saveFile(artifact: JsonObject, file: string, context: CaptureContext): Promise<void> {
  const place = artifactPlace(artifact, context.stores);
  if (place.kind === 'blob') await place.store.putFile(place.key, file);
  else if (place.kind === 'http') await saveHttp(place.location, file, context.lookup);
  else throw new Error(`${place.kind} output artifacts unsupported`);
}

async function saveLog(
  spec: TaskSpec,
  container: string,
  file: string,
  context: CaptureContext,
): Promise<ArtifactRef | undefined> {
  const there = await stat(file).catch(() => undefined);
  if (there === undefined) return undefined;
  const artifact = logArtifact(spec, container);
  await saveFile(artifact, file, context);
  return artifact;
}

/** `saveContainerLogs` upstream: `<container>.log` below the key of the place for logs. */
function logArtifact(spec: TaskSpec, container: string): ArtifactRef {
  const file = `${container}.log`;
  const place: JsonObject = spec.logsLocation ?? { s3: { key: `${spec.run}/${spec.podName}` } };
  const located: Record<string, JsonValue> = { ...place, name: `${container}-logs` };
  for (const [store, field] of Object.entries({
    s3: 'key',
    gcs: 'key',
    oss: 'key',
    azure: 'blob',
    http: 'url',
  })) {
    const location = asObject(place[store]);
    if (location !== undefined)
      located[store] = { ...location, [field]: joinKey(text(location[field]), file) };
  }
  return located;
}

function joinKey(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix.replace(/\/+$/, '')}/${name}`;
}

/** An exported artifact loses its path (`operator.go` addArtifactToGlobalScope). */
function globalsOf(
  spec: TaskSpec,
  parameters: Readonly<Record<string, string>>,
  artifacts: Readonly<Record<string, ArtifactRef>>,
): Globals {
  const exported: Record<string, string> = {};
  for (const { name, globalName } of spec.outputs.parameters) {
    const value = parameters[name];
    if (globalName !== undefined && value !== undefined) exported[globalName] = value;
  }
  const files: Record<string, ArtifactRef> = {};
  for (const { name, globalName } of spec.outputs.artifacts) {
    const artifact = artifacts[name];
    if (globalName === undefined || artifact === undefined) continue;
    const { path: _path, globalName: _global, ...kept } = artifact;
    files[globalName] = { ...kept, name: globalName };
  }
  return {
    ...(Object.keys(exported).length > 0 && { parameters: exported }),
    ...(Object.keys(files).length > 0 && { artifacts: files }),
  };
}
