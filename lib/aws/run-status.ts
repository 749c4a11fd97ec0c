/** A run on AWS as Argo shows it: its execution's history, its bundle, and how it ended. */
import type { HistoryEvent } from '../asl/history-event.ts';
import type { Bundle } from '../evaluate/bundle.ts';
import { type BlobStore, blobJson, bundleKey } from '../protocol/blob-store.ts';
import type { Earlier } from '../status/earlier.ts';
import { type RunStatus, statusOf } from '../status/status.ts';
import type { ExecutionInfo, States } from './clients.ts';
import { readEarlier } from './earlier-runs.ts';
import { readHistory } from './execution-history.ts';
import type { RunRecord } from './run-index.ts';

export interface StatusWorld {
  readonly states: Pick<States, 'history' | 'describeExecution'>;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly bundle: (id: string) => Promise<Bundle>;
  readonly blobs: BlobStore;
}

export async function readRunStatus(world: StatusWorld, record: RunRecord): Promise<RunStatus> {
  return (await readRun(world, record)).status;
}

export interface ReadRun {
  readonly status: RunStatus;
  readonly history: ReadHistory;
  readonly earlier?: Earlier;
}

export async function readRun(world: StatusWorld, record: RunRecord): Promise<ReadRun> {
  const { executionArn, exitExecutionArn, run } = record;
  const earlier = run.earlier === undefined ? undefined : await readEarlier(world.blobs, run.earlier);
  const left = earlier && { earlier };
  const bundle = await world.bundle(record.bundle);
  if (executionArn === undefined) {
    const history: ReadHistory = { events: [], childHistory: () => undefined };
    return { status: statusOfExecution(bundle, record.name, undefined, history, earlier), history, ...left };
  }
  const execution = await world.states.describeExecution(executionArn);
  const history = await readHistory(world, executionArn, exitExecutionArn);
  return { status: statusOfExecution(bundle, record.name, execution, history, earlier), history, ...left };
}

export interface ReadHistory {
  readonly events: readonly HistoryEvent[];
  readonly childHistory: (executionArn: string) => readonly HistoryEvent[] | undefined;
}

export function statusOfExecution(
  bundle: Bundle,
  workflow: string,
  execution: ExecutionInfo | undefined,
  history: ReadHistory,
  earlier?: Earlier,
): RunStatus {
  const isOver = execution !== undefined && execution.status !== 'RUNNING';
  const { error, cause } = execution ?? {};
  return statusOf(history.events, {
    bundle,
    workflow,
    childHistory: history.childHistory,
    ...(earlier && { earlier }),
    ...(isOver && {
      end: {
        status: execution.status,
        ...(error !== undefined && { error }),
        ...(cause !== undefined && { cause }),
      },
    }),
  });
}

/** Bundles never change, so each is read once. */
export function bundleReader(blobs: BlobStore): (id: string) => Promise<Bundle> {
  const read = new Map<string, Promise<Bundle>>();
  return (id) => {
    const known = read.get(id);
    if (known !== undefined) return known;
    const found = readBundle(blobs, id);
    read.set(id, found);
    found.catch(() => read.delete(id));
    return found;
  };
}

async function readBundle(blobs: BlobStore, id: string): Promise<Bundle> {
  const bundle = await blobJson<Bundle>(blobs, bundleKey(id));
  if (bundle === undefined) throw new Error(`the templates of this machine are gone: ${bundleKey(id)}`);
  return bundle;
}
