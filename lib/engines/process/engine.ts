/** The engine that runs leaves as processes of this machine: no images, and as much isolation as it offers. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { becomesReady } from '../../executor/readiness.ts';
import { answerOf } from '../../executor/report.ts';
import type { Outcome } from '../../protocol/outcome.ts';
import type { TaskSpec } from '../../protocol/task-spec.ts';
import { type Engine, type EngineRequest, taskFailure } from '../engine.ts';
import { createSlots, type Slots } from '../slots.ts';
import { type ContainerRun, type Host, prepareContainer, startContainer } from './container-run.ts';
import { createFifoPool } from './fifo-pool.ts';
import { findHostTools } from './host-tools.ts';
import { runLeaf } from './leaf.ts';
import { createLeafStopper, type LeafStopper } from './leaf-stopper.ts';
import { findSandbox, type SandboxKind } from './sandbox.ts';

export interface ProcessEngineOptions {
  /** Folders whose programs come first on every container's PATH. */
  readonly toolPaths?: readonly string[];
  /** @default the best that works: bubblewrap, then namespaces, then none */
  readonly sandbox?: SandboxKind;
  /** @default true */
  readonly sidecars?: boolean;
  /** `pretend`: daemons are not started, yet count as ready at once. @default 'run' */
  readonly daemons?: 'run' | 'pretend';
  /** Address of daemons, as other steps are told. @default '127.0.0.1' */
  readonly daemonIp?: string;
  /** How many leaves run at once; daemons do not count. @default 64 */
  readonly parallel?: number;
  /** Folder for the files of running leaves. @default a folder of the system's own for such files */
  readonly scratch?: string;
}

interface Daemon {
  readonly stop: () => void;
  readonly ended: Promise<Outcome>;
}

interface Setup {
  readonly host: Host;
  readonly scratch: string;
  readonly slots: Slots;
  readonly options: ProcessEngineOptions;
  readonly daemons: Map<string, Daemon>;
  readonly leaves: Set<{ readonly stopper: LeafStopper; readonly done: Promise<unknown> }>;
}

export async function createProcessEngine(options: ProcessEngineOptions = {}): Promise<Engine> {
  const parent = options.scratch ?? tmpdir();
  await mkdir(parent, { recursive: true });
  const scratch = await mkdtemp(join(parent, 'argosy-'));
  const sandbox = await findSandbox(options.sandbox);
  const tools = findHostTools(options.toolPaths ?? [], process.env['PATH'] ?? '', join(scratch, 'aliases'));
  const ip = options.daemonIp ?? '127.0.0.1';
  const host: Host = { sandbox, tools, pipes: createFifoPool(scratch), ip };
  const slots = createSlots(options.parallel ?? 64);
  const setup: Setup = { host, scratch, slots, options, daemons: new Map(), leaves: new Set() };
  return {
    name: 'process',
    description: describe(sandbox.kind),
    runTask: async (request) => {
      const { spec } = request;
      return spec.daemon ? await runDaemon(setup, spec, request) : await runOnce(setup, spec, request);
    },
    stop: async (node) => {
      const daemon = setup.daemons.get(node);
      daemon?.stop();
      return await daemon?.ended;
    },
    close: async () => {
      for (const leaf of setup.leaves) leaf.stopper.stop('cancelled');
      await Promise.allSettled([...setup.leaves].map((leaf) => leaf.done));
      await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function describe(kind: SandboxKind): string {
  const shared = 'steps run as processes of this machine, images are not used';
  if (kind === 'bubblewrap') return `${shared}; files are kept apart by bubblewrap`;
  if (kind === 'namespaces') return `${shared}; files are kept apart by Linux namespaces`;
  return `${shared}, and nothing keeps their files apart`;
}

async function runOnce(setup: Setup, spec: TaskSpec, request: EngineRequest): Promise<Outcome> {
  const giveBack = await setup.slots.take(request.signal);
  try {
    const stopper = createLeafStopper(spec, request.now(), request.signal);
    const outcome = await start(setup, spec, request, stopper, () => undefined);
    if (stopper.reason() === 'cancelled') throw cancellation(request);
    return settle(outcome);
  } finally {
    giveBack();
  }
}

function cancellation(request: EngineRequest): unknown {
  return request.signal.aborted ? request.signal.reason : new Error('the engine was closed');
}

function settle(outcome: Outcome): Outcome {
  const answer = answerOf(outcome);
  if (answer.ok) return answer.output;
  throw taskFailure(answer.error, answer.cause);
}

/** Runs the leaf in a folder of its own, which does not outlive it. */
async function start(
  setup: Setup,
  spec: TaskSpec,
  request: EngineRequest,
  stopper: LeafStopper,
  onStarted: (main: ContainerRun | undefined) => void,
): Promise<Outcome> {
  const run = async (): Promise<Outcome> => {
    const folder = await mkdtemp(join(setup.scratch, 'leaf-'));
    try {
      const options = { startSidecars: setup.options.sidecars ?? true };
      return await runLeaf({ spec, host: setup.host, request, stopper, folder, options, onStarted });
    } finally {
      stopper.dispose();
      // Nobody waits for this; what it cannot remove goes with the engine's own folder.
      rm(folder, { recursive: true, force: true }).catch(() => undefined);
    }
  };
  const leaf = { stopper, done: run() };
  setup.leaves.add(leaf);
  try {
    return await leaf.done;
  } finally {
    setup.leaves.delete(leaf);
  }
}

/** Answers when the daemon is ready; it goes on until it is stopped, or ends by itself. */
async function runDaemon(setup: Setup, spec: TaskSpec, request: EngineRequest): Promise<Outcome> {
  const startedAt = new Date(request.now()).toISOString();
  const ready: Outcome = { node: spec.node, phase: 'Running', daemoned: true, ip: setup.host.ip, startedAt };
  if (setup.options.daemons === 'pretend') return pretend(setup, ready, request);
  const stopper = createLeafStopper(spec, request.now(), request.signal);
  let announce: (run: ContainerRun | undefined) => void = () => undefined;
  const started = new Promise<ContainerRun | undefined>((resolve) => {
    announce = resolve;
  });
  const ended = start(setup, spec, request, stopper, announce);
  const isReady = started.then((run) => probe(setup, run, stopper.stopped)).then(() => true);
  isReady.catch(() => undefined);
  const first = await Promise.race([isReady, ended.then(() => false)]);
  if (!first) {
    if (stopper.reason() === 'cancelled') throw cancellation(request);
    return settle(await ended);
  }
  stopper.outlive();
  const daemon: Daemon = { stop: () => stopper.stop('stopped'), ended };
  setup.daemons.set(spec.node, daemon);
  const forget = (outcome?: Outcome) => {
    if (setup.daemons.get(spec.node) === daemon) setup.daemons.delete(spec.node);
    if (outcome !== undefined) request.onDaemonEnd?.(outcome);
  };
  ended.then(forget, () => forget());
  return ready;
}

function pretend(setup: Setup, ready: Outcome, request: EngineRequest): Outcome {
  const { daemoned: _daemoned, ip: _ip, ...kept } = ready;
  let end: (outcome: Outcome) => void = () => undefined;
  const ended = new Promise<Outcome>((resolve) => {
    end = resolve;
  });
  const stop = () => {
    setup.daemons.delete(ready.node);
    end({ ...kept, phase: 'Succeeded', finishedAt: new Date(request.now()).toISOString() });
  };
  setup.daemons.set(ready.node, { stop, ended });
  return ready;
}

async function probe(setup: Setup, run: ContainerRun | undefined, stopped: AbortSignal): Promise<void> {
  if (run === undefined) return;
  const exec = async (words: readonly string[], timeoutMs: number): Promise<boolean> => {
    const container = { ...run.container, command: words, args: [] };
    const once: ContainerRun = {
      spec: run.spec,
      container,
      view: run.view,
      lookup: run.lookup,
      onLog: undefined,
    };
    const prepared = await prepareContainer(setup.host, once);
    if ('exitCode' in prepared) return false;
    const running = await startContainer(setup.host, once, prepared);
    const timer = setTimeout(() => running.kill(), timeoutMs);
    const end = await running.ended;
    clearTimeout(timer);
    return end.exitCode === 0;
  };
  await becomesReady(run.container.readinessProbe, { exec, host: '127.0.0.1' }, stopped);
}
