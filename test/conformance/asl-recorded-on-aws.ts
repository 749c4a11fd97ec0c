/** Runs the executions recorded on AWS through the interpreter and compares what comes out. */

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createTokens,
  type ExecutionResult,
  loadMachine,
  type ObjectReader,
  runExecution,
  type TaskHost,
  type TokenRegistry,
  taskError,
  virtualClock,
} from '../../lib/runtime/index.ts';
import { createMatcher, type RecordedCase, type RecordedSuite, type RecordedTask } from './recorded-case.ts';

export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly { readonly case: string; readonly why: string }[];
  readonly skips: readonly { readonly case: string; readonly why: string }[];
}

/** What a replay can supply; cases that need anything else are skipped. */
const SUPPLIED = new Set(['task-replay', 's3', 'callback', 'activity']);

type Verdict = { readonly kind: 'passed' } | { readonly kind: 'failed' | 'skipped'; readonly why: string };

/** `path` is the suite's folder or its `cases.json`. */
export async function runSuite(path: string): Promise<SuiteResult> {
  const file = (await stat(path)).isDirectory() ? join(path, 'cases.json') : path;
  const suite = JSON.parse(await readFile(file, 'utf8')) as RecordedSuite;
  const failures: { case: string; why: string }[] = [];
  const skips: { case: string; why: string }[] = [];
  for (const recorded of suite.cases) {
    const verdict = await runCase(recorded);
    if (verdict.kind === 'failed') failures.push({ case: recorded.id, why: verdict.why });
    if (verdict.kind === 'skipped') skips.push({ case: recorded.id, why: verdict.why });
  }
  const [failed, skipped] = [failures.length, skips.length];
  return { passed: suite.cases.length - failed - skipped, failed, skipped, failures, skips };
}

export async function runCase(recorded: RecordedCase): Promise<Verdict> {
  const missing = (recorded.needs ?? []).filter((need) => !SUPPLIED.has(need));
  if (missing.length > 0) return { kind: 'skipped', why: `needs ${missing.join(', ')}` };
  if (recorded.kind === 'create-rejected') {
    const refused = !loadMachine(recorded.definition).ok;
    return refused ? { kind: 'passed' } : { kind: 'failed', why: 'the definition was accepted' };
  }
  if (!/^(execution|express-(a)?sync)$/.test(recorded.kind))
    return { kind: 'skipped', why: `kind ${recorded.kind}` };
  const replayed = await replay(recorded);
  if (typeof replayed === 'string') return { kind: 'failed', why: replayed };
  const differences = [...replayed.complaints, ...compare(recorded, replayed.result)];
  return differences.length === 0 ? { kind: 'passed' } : { kind: 'failed', why: differences.join('; ') };
}

export interface Replay {
  readonly result: ExecutionResult;
  readonly complaints: readonly string[];
}

/** The execution as it goes here, or why the definition was refused. */
export async function replay(recorded: RecordedCase): Promise<Replay | string> {
  const loaded = loadMachine(recorded.definition);
  if (!loaded.ok)
    return `refused: ${loaded.findings.map((finding) => `${finding.message} at ${finding.path}`).join(', ')}`;
  const clock = virtualClock(Date.UTC(2024, 0, 1));
  const tokens = createTokens();
  const complaints: string[] = [];
  const tasks = replayTasks(recorded, tokens, complaints);
  const objects = serveObjects(recorded);
  const { input } = recorded;
  const result = await runExecution(loaded.machine, {
    input,
    name: 'recorded',
    clock,
    tasks,
    tokens,
    objects,
  });
  return { result, complaints };
}

function replayTasks(recorded: RecordedCase, tokens: TokenRegistry, complaints: string[]): TaskHost {
  const matches = createMatcher(recorded.wild);
  const pending = [...(recorded.tasks ?? [])];
  return {
    run: async (request) => {
      const ofState = pending.filter((task) => task.state === request.stateName);
      const task = ofState.find((one) => matches(one.request, request.arguments)) ?? ofState[0];
      if (task === undefined)
        throw taskError('Replay.Missing', `no task of '${request.stateName}' is recorded`);
      pending.splice(pending.indexOf(task), 1);
      if (task.request !== undefined && !matches(task.request, request.arguments)) {
        complaints.push(`'${request.stateName}' asks for ${JSON.stringify(request.arguments)}`);
      }
      if (!request.resource.endsWith('.waitForTaskToken')) {
        if (task.submitted !== undefined) request.submitted(task.submitted);
        return settle(task);
      }
      const token = request.taskToken ?? '';
      settle(task).then(
        (output) => tokens.sendTaskSuccess(token, output),
        (thrown) => tokens.sendTaskFailure(token, thrown.error, thrown.cause),
      );
      return task.submitted ?? {};
    },
  };
}

async function settle({ outcome }: RecordedTask) {
  if (outcome.status === 'succeeded') return outcome.output ?? null;
  if (outcome.status === 'failed') throw taskError(outcome.error ?? '', textOf(outcome.cause));
  return new Promise<never>(() => {});
}

function textOf(cause: unknown): string | undefined {
  return typeof cause === 'object' && cause !== null ? JSON.stringify(cause) : (cause as string | undefined);
}

function serveObjects(recorded: RecordedCase): ObjectReader {
  const objects = recorded.s3 ?? [];
  return {
    read: async (_bucket, key) => {
      const found = objects.find((object) => object.key === key);
      return found && new TextEncoder().encode(found.body);
    },
    list: async (_bucket, prefix) =>
      objects
        .filter((object) => object.key.startsWith(prefix))
        .map(({ key, body }) => ({ key, size: body.length, etag: '', lastModified: new Date(0) })),
    write: async () => {},
  };
}

function compare(recorded: RecordedCase, result: ExecutionResult): readonly string[] {
  const { expect } = recorded;
  const matches = createMatcher(recorded.wild);
  const differences: string[] = [];
  const differ = (what: string, expected: unknown, actual: unknown) =>
    differences.push(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
  if (expect.status !== undefined && expect.status !== result.status) {
    differ('status', expect.status, `${result.status} ${result.error ?? ''} ${result.cause ?? ''}`);
  }
  if (!matches(expect.output, result.output)) differ('output', expect.output, result.output);
  if (!matches(expect.error, result.error)) differ('error', expect.error, result.error);
  // What AWS itself says of an error is its own prose; what a task says must come through unchanged.
  const isProse = expect.error === undefined || expect.error.startsWith('States.');
  if (!isProse && !matches(expect.cause, result.cause)) differ('cause', expect.cause, result.cause);
  if (expect.events !== undefined) {
    const expected = expect.events.map((event) => event.type);
    const actual: string[] = result.events.map((event) => event.type);
    if (expect.eventsOrdered === false) {
      const parallels = expected
        .filter((type) => type === 'ParallelStateExited')
        .map(() => 'ParallelStateSucceeded');
      expected.push(...parallels.slice(expected.filter((type) => type === 'ParallelStateSucceeded').length));
      expected.sort();
      actual.sort();
    }
    if (expected.join() !== actual.join()) differ('events', expected, actual);
  }
  return differences;
}
