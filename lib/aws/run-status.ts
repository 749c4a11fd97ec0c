/** A run on AWS as Argo shows it: its execution's history, its bundle, and how it ended. */
import type { HistoryEvent } from '../asl/history-event.ts';
import type { Bundle } from '../evaluate/bundle.ts';
import { type BlobStore, bundleKey } from '../protocol/blob-store.ts';
import { type RunStatus, statusOf } from '../status/status.ts';
import type { ExecutionInfo, States } from './clients.ts';
import { readHistory } from './execution-history.ts';
import type { RunRecord } from './run-index.ts';

export interface StatusWorld {
  readonly states: Pick<States, 'history' | 'describeExecution'>;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly bundle: (id: string) => Promise<Bundle>;
}

export async function readRunStatus(world: StatusWorld, record: RunRecord): Promise<RunStatus> {
  if (record.executionArn === undefined) return { phase: 'Pending', nodes: new Map(), globals: {} };
  const execution = await world.states.describeExecution(record.executionArn);
  const history = await readHistory(world, record.executionArn, record.exitExecutionArn);
  return statusOfExecution(await world.bundle(record.bundle), record.name, execution, history);
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
): RunStatus {
  const isOver = execution !== undefined && execution.status !== 'RUNNING';
  const { error, cause } = execution ?? {};
  return statusOf(history.events, {
    bundle,
    workflow,
    childHistory: history.childHistory,
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
  const bytes = await blobs.get(bundleKey(id));
  if (bytes === undefined) throw new Error(`the templates of this machine are gone: ${bundleKey(id)}`);
  return JSON.parse(new TextDecoder().decode(bytes)) as Bundle;
}
