/** Runs workflow text on the mock engine, with everything in memory and a clock on which waiting costs nothing. */
import { checkStateMachine, type Finding } from '../../lib/asl/check.ts';
import type { HistoryEvent } from '../../lib/asl/history-event.ts';
import { parse } from '../../lib/compiler/1-parse/parse.ts';
import { readPlainYaml } from '../../lib/compiler/1-parse/plain-yaml.ts';
import { type Analysis, type AnalyzedWorkflow, analyze } from '../../lib/compiler/2-analyze/analyze.ts';
import type { LowerOptions } from '../../lib/compiler/3-lower/body.ts';
import { type Compiled, compileWorkflow } from '../../lib/compiler/compile.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { createMockEngine, type MockRule } from '../../lib/engines/mock-engine.ts';
import { runContextOf } from '../../lib/local/run-context.ts';
import { type LocalRunOptions, type LocalRunResult, startLocalRun } from '../../lib/local/run-local.ts';
import { virtualClock } from '../../lib/runtime/index.ts';
import { type Earlier, earlierOf } from '../../lib/status/earlier.ts';
import { type RetryWish, retryNodes } from '../../lib/status/retry-nodes.ts';
import { factsOf } from '../../lib/status/status.ts';
import { workflowObject } from '../../lib/status/workflow-object.ts';
import { memoryStore } from '../../lib/store/memory-store.ts';

export const START = Date.parse('2030-01-01T00:00:00Z');
const PREFIX = 'argosy-';

export interface CompiledText {
  readonly analysis: Analysis;
  readonly workflow: AnalyzedWorkflow;
  readonly compiled: Compiled;
}

/** Throws where the text has errors: what is drawn here is meant to be valid. */
export function compileText(
  text: string,
  options: Pick<LowerOptions, 'resume' | 'definitionSize'> = {},
): CompiledText {
  const parsed = parse([{ path: 'workflow.yaml', text }]);
  const [document, ...others] = parsed.documents;
  if (document === undefined) throw new Error(`nothing in it: ${JSON.stringify(parsed.diagnostics[0])}`);
  const analysis = analyze([document as never], { mode: 'run', companions: others, warnings: false });
  const faults = [...parsed.diagnostics, ...analysis.diagnostics].filter((one) => one.severity === 'error');
  const [workflow] = analysis.workflows;
  if (faults.length > 0 || workflow === undefined)
    throw new Error(`refused: ${faults.map((one) => `${one.code} ${one.message}`).join('; ')}\n${text}`);
  return {
    analysis,
    workflow,
    compiled: compileWorkflow(analysis, workflow, {
      prefix: PREFIX,
      isStaged: options.resume === true,
      ...options,
    }),
  };
}

export function findingsOf({ machine }: Compiled): readonly Finding[] {
  return checkStateMachine(machine);
}

export interface Simulation {
  readonly rules?: readonly MockRule[];
  /** Wraps the engine, to make it fail or to watch it. */
  readonly engine?: (mock: Engine, sleep: Sleep) => Engine;
  /** Wraps all that does work. */
  readonly around?: LocalRunOptions['around'];
  readonly signal?: AbortSignal;
  /** What is left of an earlier attempt at the run. */
  readonly earlier?: Earlier;
}

export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

export interface Simulated extends LocalRunResult {
  readonly events: readonly HistoryEvent[];
  readonly childEvents: ReadonlyMap<string, readonly HistoryEvent[]>;
  readonly compiled: Compiled;
  /** From first to last, on the virtual clock. */
  readonly milliseconds: number;
}

export async function simulate(text: string, simulation: Simulation = {}): Promise<Simulated> {
  return await simulateCompiled(compileText(text, { resume: simulation.earlier !== undefined }), simulation);
}

/** What a run leaves to the next attempt at it. */
export function leftOf(run: Simulated, wish: Partial<RetryWish> = {}): Earlier {
  const identity = {
    name: 'wf',
    namespace: 'default',
    uid: '',
    creationTimestamp: '',
    labels: {},
    annotations: {},
  };
  const root = [...run.status.nodes.keys()][0] ?? '';
  const name = root.replace(/[.[(].*$/s, '');
  const workflow = workflowObject({ ...identity, name, spec: {} }, run.status);
  const nodes = retryNodes(workflow, { restartSuccessful: false, hasParameters: false, ...wish });
  if (!nodes.ok) throw new Error(nodes.error);
  const facts = factsOf(run.events, { childHistory: (arn) => run.childEvents.get(arn) });
  return earlierOf(facts, workflow, nodes.kept);
}

export async function simulateCompiled(made: CompiledText, simulation: Simulation = {}): Promise<Simulated> {
  const { workflow, compiled } = made;
  const { value } = workflow.document;
  const clock = virtualClock(START);
  const mock = createMockEngine({
    rules: simulation.rules ?? [],
    sleep: (ms, signal) => clock.sleep(ms, signal),
  });
  const engine = simulation.engine?.(mock, clock.sleep) ?? mock;
  const events: HistoryEvent[] = [];
  const childEvents = new Map<string, HistoryEvent[]>();
  const run = startLocalRun({
    compiled,
    run: runContextOf({
      name: value.metadata.name ?? 'wf',
      namespace: 'default',
      uid: '00000000-0000-4000-8000-000000000000',
      now: START,
      metadata: value.kind === 'CronWorkflow' ? {} : value.metadata,
      spec: workflow.spec,
      arguments: workflow.arguments,
      parameters: {},
    }),
    prefix: PREFIX,
    clock,
    engine,
    blobs: memoryStore(),
    objects: async () => undefined,
    claims: '/nonexistent',
    readYaml: readPlainYaml,
    onEvent: (event) => void events.push(event),
    onChildEvent: (arn, event) => void childEvents.set(arn, [...(childEvents.get(arn) ?? []), event]),
    ...(simulation.around && { around: simulation.around }),
    ...(simulation.signal && { signal: simulation.signal }),
    ...(simulation.earlier && { earlier: simulation.earlier }),
  });
  const result = await run.result;
  return { ...result, events, childEvents, compiled, milliseconds: clock.now() - START };
}
