/** Runs a compiled workflow on this machine: the interpreter, the handlers and an engine put together. */
import { randomUUID } from 'node:crypto';
import type { HistoryEvent } from '../asl/history-event.ts';
import type { Compiled } from '../compiler/compile.ts';
import type { Engine, LogLine } from '../engines/engine.ts';
import { resumed } from '../evaluate/leaf/suspend.ts';
import type { RunContext } from '../evaluate/requests.ts';
import { bucketsWithin } from '../executor/artifact-stores.ts';
import { artifactText } from '../executor/artifact-text.ts';
import type { ObjectLookup } from '../executor/objects.ts';
import type { Cluster, HandlerWorld } from '../handlers/world.ts';
import { type BlobStore, runBundleKey } from '../protocol/blob-store.ts';
import type { JsonValue } from '../protocol/json.ts';
import { ARGO_FAILED, type Outcome } from '../protocol/outcome.ts';
import type { TaskDefinition } from '../protocol/run-task.ts';
import { runExecution } from '../runtime/execution.ts';
import {
  type Clock,
  createTokens,
  type ExecutionResult,
  type TaskHost,
  type TaskRequest,
  type TokenRegistry,
  taskError,
} from '../runtime/index.ts';
import { loadMachine } from '../runtime/load.ts';
import { failuresOf } from '../status/failures.ts';
import { type RunStatus, statusOf } from '../status/status.ts';
import { type Gates, memoryGates } from '../store/gates.ts';
import { memoryLocks } from '../store/locks.ts';
import { memoryMemoCache } from '../store/memo-cache.ts';
import { memorySuspensions, type Suspensions } from '../store/suspensions.ts';
import { createShutdown, type Shutdown } from './shutdown.ts';
import { localTaskHost } from './task-host.ts';

export interface LocalRunOptions {
  readonly compiled: Compiled;
  readonly run: RunContext;
  readonly prefix: string;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly blobs: BlobStore;
  readonly objects: ObjectLookup;
  /** Folder for volume claims. */
  readonly claims: string;
  readonly readYaml: (text: string) => unknown;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: HistoryEvent) => void;
  /** Told about the events of child executions. */
  readonly onChildEvent?: (executionArn: string, event: HistoryEvent) => void;
  readonly onLog?: (line: LogLine) => void;
  /** Resume suspended nodes as soon as nothing else is active. */
  readonly resumeWhenIdle?: boolean;
  /** Resume suspended nodes at once: where time is virtual, nobody could come in time. */
  readonly resumeAtOnce?: boolean;
  /** Stands between the interpreter and what does the work, to watch it or to make it fail. */
  readonly around?: (tasks: TaskHost) => TaskHost;
  /** The cluster that resource templates act on. @default none */
  readonly cluster?: Cluster;
  /** Outcomes of an earlier attempt at this run: leaves that have one are not run again. */
  readonly finished?: (node: string) => Outcome | undefined;
}

export interface LocalRunResult {
  readonly execution: ExecutionResult;
  readonly status: RunStatus;
  readonly resumes: number;
  /** Histories of child executions. */
  readonly children: readonly (readonly HistoryEvent[])[];
}

export interface LocalRun {
  readonly result: Promise<LocalRunResult>;
  /** The tree as it stands. */
  readonly status: () => RunStatus;
  readonly resume: (nodes: readonly string[], outputs: Readonly<Record<string, string>>) => Promise<number>;
  /** Names of the nodes that wait for `resume`. */
  readonly suspended: () => Promise<readonly string[]>;
  /** Ends what runs and starts nothing more but exit handlers. */
  readonly stop: () => Promise<void>;
  /** Ends everything at once. */
  readonly terminate: () => void;
}

/** Stands for the run itself among its suspended nodes. */
export const SUSPENDED_RUN = '%run';

/** How often a run with nothing active is looked at for suspended nodes. */
const IDLE_MILLISECONDS = 25;

export function startLocalRun(options: LocalRunOptions): LocalRun {
  const loaded = loadMachine(options.compiled.machine);
  if (!loaded.ok)
    throw new Error(
      `internal error: the machine is not valid: ${JSON.stringify(loaded.findings.slice(0, 5))}`,
    );
  const tokens = createTokens();
  const histories = new Map<string, HistoryEvent[]>();
  const suspensions = memorySuspensions();
  const shutdown = createShutdown(options.signal);
  const state = { active: 0, resumes: 0 };
  const own: HistoryEvent[] = [];
  const status = (end?: ExecutionResult) =>
    shutdown.judge(
      statusOf(own, {
        bundle: options.compiled.bundle,
        workflow: options.run.name,
        childHistory: (arn) => histories.get(arn),
        ...(end === undefined ? {} : { end }),
      }),
    );
  const parking: Suspensions = {
    ...suspensions,
    park: async (suspension) => {
      await suspensions.park(suspension);
      const { suspend } = options.compiled.bundle.templates[suspension.template]?.template ?? {};
      if (options.resumeAtOnce && !suspend?.duration) await resume([suspension.node], {});
    },
  };
  const world = worldOf(options, tokens, parking, () => status(), shutdown);
  const { registry } = world;
  let bundleKept: Promise<void> | undefined;
  const work = localTaskHost({
    prefix: options.prefix,
    world: world.world,
    engine: options.engine,
    taskDefinition: (name) => options.compiled.taskDefinitions[name] ?? registry.get(name),
    beforeUnstaged: () => {
      const { bundle } = options.compiled;
      // An executor in a container finds the templates where it finds task specs.
      bundleKept ??= options.blobs.put(runBundleKey(options.run.name), JSON.stringify(bundle));
      return bundleKept;
    },
    objects: options.objects,
    claims: options.claims,
    endedDaemons: new Map(),
    shutdown,
    finished: (node) => options.finished?.(node),
    ...(options.onLog === undefined ? {} : { onLog: options.onLog }),
    onActivity: (change) => {
      state.active += change;
    },
    startExecution: (request, input) => startChild(request, input),
  });
  const host = options.around?.(work) ?? work;
  const execute = (
    name: string,
    input: JsonValue,
    onEvent: (event: HistoryEvent) => void,
    signal?: AbortSignal,
  ) =>
    runExecution(loaded.machine, {
      input,
      name,
      clock: options.clock,
      tasks: host,
      tokens,
      onEvent,
      signal: signal ?? shutdown.signal,
    });
  const startChild = async (request: TaskRequest, input: JsonValue): Promise<JsonValue> => {
    const events: HistoryEvent[] = [];
    const name = `child-${randomUUID()}`;
    const arn = `arn:aws:states:us-east-1:000000000000:execution:local:${name}`;
    histories.set(arn, events);
    request.submitted({ ExecutionArn: arn, StartDate: options.clock.now() / 1000 });
    const onEvent = (event: HistoryEvent) => {
      events.push(event);
      options.onChildEvent?.(arn, event);
    };
    const ended = await execute(name, input, onEvent, request.signal);
    if (ended.status !== 'SUCCEEDED')
      throw taskError(
        'States.TaskFailed',
        JSON.stringify({ ExecutionArn: arn, Status: ended.status, Error: ended.error, Cause: ended.cause }),
      );
    return { ExecutionArn: arn, Status: ended.status, Output: ended.output ?? null };
  };
  const resume = async (
    nodes: readonly string[],
    given: Readonly<Record<string, string>>,
  ): Promise<number> => {
    let count = 0;
    for (const one of await suspensions.list(options.run.name)) {
      if (!nodes.includes(one.node) || !(await suspensions.take(options.run.name, one.node))) continue;
      if (one.node === SUSPENDED_RUN) {
        count += 1;
        tokens.sendTaskSuccess(one.token, {});
        continue;
      }
      const now = new Date(options.clock.now()).toISOString();
      const outcome = resumed(one.task as never, given, now);
      count += 1;
      if (outcome.phase === 'Succeeded') tokens.sendTaskSuccess(one.token, outcome as unknown as JsonValue);
      else tokens.sendTaskFailure(one.token, 'Argo.Error', JSON.stringify(outcome));
    }
    return count;
  };
  const idle = options.resumeWhenIdle ? watchIdle(suspensions, options, state, resume) : undefined;
  const input: JsonValue = {
    workflow: options.run as unknown as JsonValue,
    node: options.run.name,
    inputs: {},
  };
  const onEvent = (event: HistoryEvent) => {
    own.push(event);
    options.onEvent?.(event);
  };
  const result = execute(options.run.name, input, onEvent).then((execution) => {
    if (idle !== undefined) clearInterval(idle);
    const children = [...histories.values()];
    return { execution, status: status(execution), resumes: state.resumes, children };
  });
  const suspended = async () => (await suspensions.list(options.run.name)).map((one) => one.node);
  const stop = async () => {
    shutdown.stop();
    for (const one of await suspensions.list(options.run.name)) {
      if (shutdown.spares(one.node) || !(await suspensions.take(options.run.name, one.node))) continue;
      const outcome = shutdown.outcome(one.node, options.clock.now());
      tokens.sendTaskFailure(one.token, ARGO_FAILED, JSON.stringify(outcome));
    }
  };
  return { result, status: () => status(), resume, suspended, stop, terminate: () => shutdown.terminate() };
}

function watchIdle(
  suspensions: Suspensions,
  options: LocalRunOptions,
  state: { active: number; resumes: number },
  resume: LocalRun['resume'],
): NodeJS.Timeout {
  const run = options.run.name;
  const { templates } = options.compiled.bundle;
  const endsByItself = (template: string) => Boolean(templates[template]?.template.suspend?.duration);
  let quiet = 0;
  return setInterval(async () => {
    quiet = state.active === 0 ? quiet + 1 : 0;
    if (quiet < 4) return;
    const parked = (await suspensions.list(run)).filter((one) => !endsByItself(one.template));
    if (parked.length === 0) return;
    quiet = 0;
    state.resumes += await resume(
      parked.map((one) => one.node),
      {},
    );
  }, IDLE_MILLISECONDS);
}

interface Made {
  readonly world: HandlerWorld;
  readonly registry: ReadonlyMap<string, TaskDefinition>;
}

function worldOf(
  options: LocalRunOptions,
  tokens: TokenRegistry,
  suspensions: Suspensions,
  status: () => RunStatus,
  shutdown: Shutdown,
): Made {
  const registry = new Map<string, TaskDefinition>();
  const answer = async (token: string, given: { output: JsonValue } | { error: string; cause: string }) => {
    if ('output' in given) tokens.sendTaskSuccess(token, given.output);
    else tokens.sendTaskFailure(token, given.error, given.cause);
  };
  const gates: Gates = memoryGates(answer);
  const world: HandlerWorld = {
    bundle: async () => options.compiled.bundle,
    blobs: options.blobs,
    address: (key) => key,
    gates,
    locks: memoryLocks(answer),
    suspensions: answering(suspensions, tokens, options.finished),
    memo: memoryMemoCache(),
    registerTaskDefinition: async (definition) => {
      registry.set(definition.family, definition);
      return definition.family;
    },
    failures: async () => failuresOf(status(), options.run.name),
    shutdown: async () => shutdown.strategy(),
    readYaml: options.readYaml,
    fetch,
    secret: async (name, key) => {
      const found = await options.objects('secret', name);
      return found?.[key] === undefined ? '' : found[key];
    },
    now: () => options.clock.now(),
    sleep: (milliseconds) => options.clock.sleep(milliseconds),
    artifactText: (artifact) =>
      artifactText(artifact, {
        stores: { blobs: options.blobs, bucket: bucketsWithin(options.blobs) },
        lookup: options.objects,
      }),
    ...(options.cluster === undefined ? {} : { cluster: options.cluster }),
  };
  return { world, registry };
}

/** Nodes that finished in an earlier attempt at the run are not suspended again. */
function answering(
  suspensions: Suspensions,
  tokens: TokenRegistry,
  finished: LocalRunOptions['finished'],
): Suspensions {
  return {
    ...suspensions,
    park: async (suspension) => {
      const outcome = finished?.(suspension.node);
      if (outcome === undefined) await suspensions.park(suspension);
      else tokens.sendTaskSuccess(suspension.token, outcome as unknown as JsonValue);
    },
  };
}
