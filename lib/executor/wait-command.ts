/** The container `wait`: waits for main, collects its outputs, and reports the outcome. */
import { mkdir, mkdtemp, open, readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { type BlobStore, nodeKey } from '../protocol/blob-store.ts';
import type { Outcome } from '../protocol/outcome.ts';
import type { TaskSpec } from '../protocol/task-spec.ts';
import { type Captured, captureOutputs, type MainFiles } from './capture-outputs.ts';
import type { ExecutorContext } from './executor-context.ts';
import { extractTar } from './extract-tar.ts';
import {
  type ContainerEnd,
  type LeafEnd,
  markKilled,
  POD_DEADLINE,
  startErrorMessage,
} from './infer-outcome.ts';
import { type InitFailure, probeCommand } from './init-command.ts';
import { RESULT_BYTES } from './limits.ts';
import { createOutputTail } from './output-tail.ts';
import { becomesReady } from './readiness.ts';
import { answerOf, leafOutcome } from './report.ts';
import { CONTAINER_FILES as FILES, INIT_FAILED, OUTPUTS_FOLDER } from './wrapper-script.ts';

/** Blobs that say how a leaf ended, and that a daemon is ready, for whoever has no token to be answered. */
export const OUTCOME_FILE = 'outcome.json';
export const READY_FILE = 'ready.json';

const POLL_MS = 30;
/** A wrapper that was killed leaves no exit code; one that has just ended may still be writing it. */
const LATE_MS = 1_000;

export async function runWait(context: ExecutorContext): Promise<void> {
  const { spec, shared } = context;
  const startedAt = new Date().toISOString();
  const failure = await readJson<InitFailure>(join(shared, INIT_FAILED));
  let answered = false;
  const ends: Record<string, ContainerEnd> = {};
  let captured: Captured = { outputs: {}, globals: {}, errors: [] };
  let deadlineMessage: string | undefined;
  if (failure === undefined) {
    const stop = new AbortController();
    if (spec.daemon) {
      announce(context, startedAt, stop.signal).then(
        () => {
          answered = true;
        },
        () => undefined,
      );
    }
    const started = await waitForContainers(context, ends);
    stop.abort();
    deadlineMessage = await overdue(spec, shared);
    if (deadlineMessage !== undefined) markKilled(ends);
    if (started) captured = await collect(context);
  }
  const end: LeafEnd = {
    spec,
    ends,
    errors: [],
    ...failed(spec, failure),
    ...(deadlineMessage && { deadlineMessage }),
  };
  const times = { startedAt, finishedAt: new Date().toISOString() };
  const outcome = await leafOutcome(end, captured, times, context.blobs);
  await tellOutcome(context.blobs, spec, outcome, answered ? undefined : context.reporter);
}

/** Reports an outcome that was known before anything ran. */
export async function tellOutcome(
  blobs: BlobStore,
  key: { readonly run: string; readonly nodeId: string },
  outcome: Outcome,
  reporter: ExecutorContext['reporter'],
): Promise<void> {
  await blobs.put(nodeKey(key.run, key.nodeId, OUTCOME_FILE), JSON.stringify(outcome));
  await reporter?.(answerOf(outcome));
}

function failed(spec: TaskSpec, failure: InitFailure | undefined): Pick<LeafEnd, 'startError' | 'initError'> {
  if (failure === undefined) return {};
  if (failure.kind === 'initError') return { initError: failure.message };
  return { startError: startErrorMessage(spec, failure.message) };
}

/** A daemon is done as soon as it is ready. */
async function announce(context: ExecutorContext, startedAt: string, signal: AbortSignal): Promise<void> {
  const { spec, shared } = context;
  const main = spec.containers.find(({ name }) => name === 'main') ?? spec.containers[0];
  if (main === undefined) return;
  const hasCommand = probeCommand(main) !== undefined;
  const exec = async () => await exists(join(shared, 'ctr', main.name, FILES.ready));
  await becomesReady(hasCommand ? { exec: {} } : main.readinessProbe, { exec, host: '127.0.0.1' }, signal);
  const { ip } = context;
  const ready: Outcome = { node: spec.node, phase: 'Running', daemoned: true, ip, startedAt };
  await context.blobs.put(nodeKey(spec.run, spec.nodeId, READY_FILE), JSON.stringify(ready));
  await context.reporter?.(answerOf(ready));
}

/** False when an init container kept main from being started. */
async function waitForContainers(
  context: ExecutorContext,
  ends: Record<string, ContainerEnd>,
): Promise<boolean> {
  const { spec } = context;
  for (const { name } of spec.initContainers) {
    const end = await waitForEnd(context, name);
    if (end === undefined) return false;
    ends[name] = end;
    if (end.exitCode !== 0) return false;
  }
  for (const { name } of spec.containers) {
    const end = await waitForEnd(context, name);
    if (end !== undefined) ends[name] = end;
  }
  for (const { name } of spec.sidecars) {
    const end = await readEnd(context, name);
    if (end !== undefined) ends[name] = end;
  }
  return true;
}

async function waitForEnd(context: ExecutorContext, name: string): Promise<ContainerEnd | undefined> {
  const folder = join(context.shared, 'ctr', name);
  let lost: number | undefined;
  for (;;) {
    const end = await readEnd(context, name);
    if (end !== undefined) return end;
    if (await exists(join(folder, FILES.skipped))) return undefined;
    const gone = (await context.endedContainers())[name];
    lost ??= gone === undefined ? undefined : Date.now();
    if (gone !== undefined && lost !== undefined && Date.now() - lost > LATE_MS) return lostEnd(gone);
    await sleep(POLL_MS);
  }
}

function lostEnd(gone: { readonly exitCode: number; readonly outOfMemory: boolean }): ContainerEnd {
  return {
    exitCode: gone.exitCode === 0 ? 255 : gone.exitCode,
    ...(gone.outOfMemory && { reason: 'OOMKilled' }),
  };
}

async function readEnd(context: ExecutorContext, name: string): Promise<ContainerEnd | undefined> {
  const folder = join(context.shared, 'ctr', name);
  const code = await readText(join(folder, FILES.exitCode));
  if (code === undefined) return undefined;
  const exitCode = Number(code.trim());
  const message = await readText(join(folder, FILES.message));
  const memory = exitCode === 137 && (await context.endedContainers())[name]?.outOfMemory === true;
  return { exitCode, ...(message !== undefined && { message }), ...(memory && { reason: 'OOMKilled' }) };
}

async function overdue(spec: TaskSpec, shared: string): Promise<string | undefined> {
  for (const { name } of spec.containers) {
    const which = (await readText(join(shared, 'ctr', name, FILES.overdue)))?.trim();
    if (which === 'deadline') return spec.deadlineMessage ?? POD_DEADLINE;
    if (which === 'active') return POD_DEADLINE;
  }
  return undefined;
}

async function collect(context: ExecutorContext): Promise<Captured> {
  const { spec, shared, bucket } = context;
  const scratch = await mkdtemp(join(tmpdir(), 'argosy-outputs-'));
  const hasMain = spec.containers.some(({ name }) => name === 'main');
  const result =
    hasMain && spec.outputs.result ? await lastPart(join(shared, 'ctr', 'main', FILES.stdout)) : undefined;
  const log = (name: string) => join(shared, 'ctr', name, FILES.combined);
  return await captureOutputs(spec, {
    files: savedFiles(spec, join(shared, OUTPUTS_FOLDER), scratch),
    stores: { blobs: context.blobs, ...(bucket && { bucket }) },
    lookup: context.lookup,
    scratch,
    logs: spec.archiveLogs ? Object.fromEntries(spec.containers.map(({ name }) => [name, log(name)])) : {},
    ...(result !== undefined && { result }),
  });
}

/** Main's wrapper has saved parameters as files, artifacts as tar. */
function savedFiles(spec: TaskSpec, saved: string, scratch: string): MainFiles {
  return {
    locate: async (path) => {
      const artifact = spec.outputs.artifacts.findIndex((output) => output.path === path);
      const tar = join(saved, `a-${artifact}`);
      if (artifact >= 0 && (await exists(tar))) return await unpacked(tar, join(scratch, String(artifact)));
      const parameter = spec.outputs.parameters.findIndex((output) => output.path === path);
      const file = join(saved, `p-${parameter}`);
      return parameter >= 0 && (await exists(file)) ? file : undefined;
    },
  };
}

async function unpacked(tar: string, folder: string): Promise<string> {
  if (!(await exists(folder))) {
    await mkdir(folder);
    await extractTar(tar, folder, { gzip: false, anyLinks: true });
  }
  const [only, ...others] = await readdir(folder);
  return only === undefined || others.length > 0 ? folder : join(folder, only);
}

/** Only as much of a long output is read as can be the result. */
async function lastPart(path: string): Promise<string> {
  const tail = createOutputTail();
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - RESULT_BYTES - 1);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(size - start), position: start });
    tail.add(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
  return tail.result();
}

async function readJson<T>(file: string): Promise<T | undefined> {
  const text = await readText(file);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

async function readText(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(() => undefined);
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}
