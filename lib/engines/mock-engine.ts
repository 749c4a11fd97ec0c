/** The engine that runs nothing: leaves end as a table says, after as long as the clock is told. */
import { answerOf } from '../executor/report.ts';
import type { ArtifactRef, Outcome } from '../protocol/outcome.ts';
import type { OutputArtifact, TaskSpec } from '../protocol/task-spec.ts';
import { type Engine, type EngineRequest, taskFailure } from './engine.ts';

export interface MockAnswer {
  /** @default 'Succeeded', or 'Failed' with an exitCode other than 0 */
  readonly phase?: 'Succeeded' | 'Failed' | 'Error';
  readonly message?: string;
  readonly result?: string;
  readonly exitCode?: number;
  /** What is not given takes its default, or else an empty text. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Contents of output artifacts by name; what is not given is empty. */
  readonly artifacts?: Readonly<Record<string, string>>;
  /** @default 0 */
  readonly seconds?: number;
}

export interface MockRule {
  /** Node name, such as `wf[0].step(1:b)`; `*` stands for any text. */
  readonly node?: string;
  /** Template name, with `*` as well. */
  readonly template?: string;
  /** One for each time that the rule is met, the last one for all further times. */
  readonly answers: readonly MockAnswer[];
}

export interface MockEngineOptions {
  /** The first rule that fits counts; a leaf without one succeeds. */
  readonly rules: readonly MockRule[];
  /** Waiting, on the run's clock. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** @default '127.0.0.1' */
  readonly daemonIp?: string;
}

export function createMockEngine(options: MockEngineOptions): Engine {
  const met = new Map<MockRule, number>();
  const daemons = new Map<string, (at: string) => Outcome>();
  const next = (spec: TaskSpec): MockAnswer => {
    const rule = options.rules.find(
      (each) => fits(each.node, spec.node) && fits(each.template, spec.template),
    );
    if (rule === undefined) return {};
    const times = met.get(rule) ?? 0;
    met.set(rule, times + 1);
    return rule.answers[Math.min(times, rule.answers.length - 1)] ?? {};
  };
  return {
    name: 'mock',
    description: 'nothing is run: steps end as a table says',
    runTask: async (request) => {
      const { spec } = request;
      const answer = next(spec);
      const startedAt = new Date(request.now()).toISOString();
      const overdue = await pass(options, spec, answer, request);
      const times = { startedAt, finishedAt: new Date(request.now()).toISOString() };
      if (overdue !== undefined)
        return settle({ node: spec.node, phase: 'Failed', message: overdue, ...times });
      const outcome = outcomeOf(spec, answer, times);
      if (!spec.daemon || outcome.phase !== 'Succeeded') return settle(outcome);
      daemons.set(spec.node, (finishedAt) => ({ ...outcome, finishedAt }));
      const ip = options.daemonIp ?? '127.0.0.1';
      return { node: spec.node, phase: 'Running', daemoned: true, ip, startedAt };
    },
    stop: async (node) => {
      const end = daemons.get(node);
      daemons.delete(node);
      return end?.(new Date().toISOString());
    },
    close: async () => daemons.clear(),
  };
}

function fits(pattern: string | undefined, name: string): boolean {
  if (pattern === undefined) return true;
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
}

/** Lets the time of the answer pass; the message when a deadline comes before its end. */
async function pass(
  options: MockEngineOptions,
  spec: TaskSpec,
  answer: MockAnswer,
  request: EngineRequest,
): Promise<string | undefined> {
  const needed = (answer.seconds ?? 0) * 1000;
  const active = spec.activeDeadlineSeconds === undefined ? Infinity : spec.activeDeadlineSeconds * 1000;
  const left = spec.deadline === undefined ? Infinity : Math.max(0, spec.deadline - request.now());
  const most = Math.min(active, left);
  if (Math.min(needed, most) > 0) await options.sleep(Math.min(needed, most), request.signal);
  request.signal.throwIfAborted();
  if (needed <= most) return undefined;
  const pod = 'Pod was active on the node longer than the specified deadline';
  return active < left ? pod : (spec.deadlineMessage ?? pod);
}

function outcomeOf(
  spec: TaskSpec,
  answer: MockAnswer,
  times: Pick<Outcome, 'startedAt' | 'finishedAt'>,
): Outcome {
  const exitCode = answer.exitCode ?? (answer.phase === 'Failed' ? 1 : 0);
  const phase = answer.phase ?? (exitCode === 0 ? 'Succeeded' : 'Failed');
  const message = answer.message ?? (phase === 'Failed' ? `main: Error (exit code ${exitCode})` : undefined);
  const said = { ...(message !== undefined && { message }), ...times };
  if (phase === 'Error') return { node: spec.node, phase, ...said };
  const parameters: Record<string, string> = {};
  const exported: Record<string, string> = {};
  for (const { name, default: fallback, globalName } of spec.outputs.parameters) {
    const value = answer.parameters?.[name] ?? fallback ?? (phase === 'Succeeded' ? '' : undefined);
    if (value === undefined) continue;
    parameters[name] = value;
    if (globalName !== undefined) exported[globalName] = value;
  }
  const artifacts: Record<string, ArtifactRef> = {};
  const exportedFiles: Record<string, ArtifactRef> = {};
  for (const output of phase === 'Succeeded' ? spec.outputs.artifacts : []) {
    if (output.optional && answer.artifacts?.[output.name] === undefined) continue;
    artifacts[output.name] = asRaw(output, answer, output.name);
    if (output.globalName !== undefined)
      exportedFiles[output.globalName] = asRaw(output, answer, output.globalName);
  }
  return {
    node: spec.node,
    phase,
    ...said,
    outputs: {
      ...(Object.keys(parameters).length > 0 && { parameters }),
      ...(Object.keys(artifacts).length > 0 && { artifacts }),
      ...(spec.outputs.result && { result: answer.result ?? '' }),
      exitCode: String(exitCode),
    },
    ...((Object.keys(exported).length > 0 || Object.keys(exportedFiles).length > 0) && {
      globals: {
        ...(Object.keys(exported).length > 0 && { parameters: exported }),
        ...(Object.keys(exportedFiles).length > 0 && { artifacts: exportedFiles }),
      },
    }),
  };
}

/** The content travels in the artifact itself, so that the store is never touched. */
function asRaw(output: OutputArtifact, answer: MockAnswer, name: string): ArtifactRef {
  return { name, raw: { data: answer.artifacts?.[output.name] ?? '' } };
}

function settle(outcome: Outcome): Outcome {
  const answer = answerOf(outcome);
  if (answer.ok) return answer.output;
  throw taskFailure(answer.error, answer.cause);
}
