/** Runs a compiled workflow on this machine: the interpreter, the handlers and an engine put together. */
import { randomUUID } from 'node:crypto';
import type { HistoryEvent } from '../asl/history-event.ts';
import type { StateMachine } from '../asl/state-machine.ts';
import type { Compiled } from '../compiler/compile.ts';
import type { Engine, LogLine } from '../engines/engine.ts';
import type { RunContext } from '../evaluate/requests.ts';
import { bucketsWithin } from '../executor/artifact-stores.ts';
import { artifactText } from '../executor/artifact-text.ts';
import type { ObjectLookup } from '../executor/objects.ts';
import type { Cluster, HandlerWorld } from '../handlers/world.ts';
import { type BlobStore, runBundleKey } from '../protocol/blob-store.ts';
import type { JsonValue } from '../protocol/json.ts';
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
import type { LoadedMachine } from '../runtime/prepared.ts';
import { type Earlier, earlierOutcome } from '../status/earlier.ts';
import { failuresOf } from '../status/failures.ts';
import { type RunStatus, statusOf } from '../status/status.ts';
import type { AnswerToken } from '../store/answer.ts';
import { memoryGates } from '../store/gates.ts';
import { memoryLocks } from '../store/locks.ts';
import { memoryMemoCache } from '../store/memo-cache.ts';
import { memorySuspensions, type Suspensions } from '../store/suspensions.ts';
import { type RunControl, runControl } from './run-control.ts';
import { createShutdown } from './shutdown.ts';
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
  /** Of an earlier attempt at this run, for which it was compiled: what is done is not done again. */
  readonly earlier?: Earlier;
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
  readonly control: RunControl;
}

/** How often a run with nothing active is looked at for suspended nodes. */
const IDLE_MILLISECONDS = 25;

export function startLocalRun(options: LocalRunOptions): LocalRun {
  const machine = loaded(options.compiled.machine);
  const parts = new Map<string, LoadedMachine>();
  const partOf = (suffix: string): LoadedMachine => {
    const part = parts.get(suffix) ?? loaded(options.compiled.parts[suffix]);
    parts.set(suffix, part);
    return part;
  };
  const tokens = createTokens();
  const histories = new Map<string, HistoryEvent[]>();
  const shutdown = createShutdown(options.signal);
  const state = { active: 0, resumes: 0 };
  const own: HistoryEvent[] = [];
  const status = (end?: ExecutionResult) =>
    shutdown.judge(
      statusOf(own, {
        bundle: options.compiled.bundle,
        workflow: options.run.name,
        childHistory: (arn) => histories.get(arn),
        ...(options.earlier && { earlier: options.earlier }),
        ...(end === undefined ? {} : { end }),
      }),
    );
  const answer = answering(tokens);
  const suspensions = memorySuspensions();
  const control = runControl(
    options.run.name,
    { suspensions, answer, now: () => options.clock.now() },
    shutdown,
    options.compiled.bundle.spec.suspend === true,
  );
  const parking: Suspensions = {
    ...suspensions,
    park: async (suspension) => {
      await suspensions.park(suspension);
      const { suspend } = options.compiled.bundle.templates[suspension.template]?.template ?? {};
      if (options.resumeAtOnce && !suspend?.duration) await control.resumeAnyhow([suspension.node]);
    },
  };
  const world = worldOf(options, { answer, suspensions: parking, control, status: () => status() });
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
    suffix = '',
  ) =>
    runExecution(suffix === '' ? machine : partOf(suffix), {
      input,
      name,
      stateMachineName: `${MACHINE}${suffix}`,
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
    const ended = await execute(name, input, onEvent, request.signal, suffixOf(request.arguments));
    if (ended.status !== 'SUCCEEDED')
      throw taskError(
        'States.TaskFailed',
        JSON.stringify({ ExecutionArn: arn, Status: ended.status, Error: ended.error, Cause: ended.cause }),
      );
    return { ExecutionArn: arn, Status: ended.status, Output: ended.output ?? null };
  };
  const idle = options.resumeWhenIdle ? watchIdle(control, options, state) : undefined;
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
  return { result, status: () => status(), control };
}

/** Only the machines of a run that is too large for one are more than this. */
const MACHINE = 'local';

/** Which machine is to be started. */
function suffixOf(given: JsonValue): string {
  const arn = String((given as { readonly StateMachineArn?: string }).StateMachineArn);
  return arn.slice(arn.lastIndexOf(':') + 1 + MACHINE.length);
}

function loaded(definition: StateMachine | undefined): LoadedMachine {
  const result = definition && loadMachine(definition);
  if (result?.ok) return result.machine;
  const findings = JSON.stringify(result?.findings.slice(0, 5));
  throw new Error(`internal error: the machine is not valid: ${findings}`);
}

function watchIdle(
  control: RunControl,
  options: LocalRunOptions,
  state: { active: number; resumes: number },
): NodeJS.Timeout {
  const { templates } = options.compiled.bundle;
  const endsByItself = (template: string) => Boolean(templates[template]?.template.suspend?.duration);
  let quiet = 0;
  return setInterval(async () => {
    quiet = state.active === 0 ? quiet + 1 : 0;
    if (quiet < 4) return;
    const parked = (await control.suspended()).filter((one) => !endsByItself(one.template));
    if (parked.length === 0 && !control.orders().suspended) return;
    quiet = 0;
    state.resumes += await control.resumeAnyhow(parked.map((one) => one.node));
  }, IDLE_MILLISECONDS);
}

interface Made {
  readonly world: HandlerWorld;
  readonly registry: ReadonlyMap<string, TaskDefinition>;
}

interface Around {
  readonly answer: AnswerToken;
  readonly suspensions: Suspensions;
  readonly control: RunControl;
  readonly status: () => RunStatus;
}

function worldOf(options: LocalRunOptions, { answer, suspensions, control, status }: Around): Made {
  const registry = new Map<string, TaskDefinition>();
  const world: HandlerWorld = {
    bundle: async () => options.compiled.bundle,
    blobs: options.blobs,
    address: (key) => key,
    gates: memoryGates(answer),
    locks: memoryLocks(answer),
    suspensions,
    memo: memoryMemoCache(),
    registerTaskDefinition: async (definition) => {
      registry.set(definition.family, definition);
      return definition.family;
    },
    earlier: outcomesOf(options.earlier),
    failures: async () => failuresOf(status(), options.run.name),
    orders: async () => control.orders(),
    answer,
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

function answering(tokens: TokenRegistry): AnswerToken {
  return async (token, given) => {
    if ('output' in given) tokens.sendTaskSuccess(token, given.output);
    else tokens.sendTaskFailure(token, given.error, given.cause);
  };
}

function outcomesOf(earlier: Earlier | undefined): HandlerWorld['earlier'] {
  const facts = new Map(earlier?.facts.map((fact) => [fact.name, fact]));
  return async (_run, node) => earlierOutcome(node, earlier?.retries ?? {}, (name) => facts.get(name));
}
