/** The index of runs: a row each, written once by whoever starts the run, and closed when it has ended. */
import type { RunContext } from '../evaluate/requests.ts';
import { FUNCTIONS } from './environment.ts';
import { expiresAfterRun, expiresInDays } from './row-time.ts';
import type { Query, Row, Table, Update } from './table.ts';
import { LISTED_RUNS, RUN_INDEX } from './table-schema.ts';

export type RunPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Error';
export type Shutdown = 'Stop' | 'Terminate';

export interface NewRun {
  readonly run: RunContext;
  readonly generateName?: string;
  /** ARN of the state machine, which stays that of the first attempt to start the run. */
  readonly machineArn: string;
  readonly executionName: string;
  /** Id of the bundle and of the compiled file beside it. */
  readonly bundle: string;
  /** Where the run came from: `s3://bucket/key?versionId=…`, or `cron:namespace/name`. */
  readonly source: string;
  readonly cron?: string;
  /** Created suspended. */
  readonly suspended?: true;
}

export interface RunRecord extends NewRun {
  readonly uid: string;
  readonly name: string;
  readonly phase: RunPhase;
  readonly message?: string;
  readonly createdAt: string;
  readonly executionArn?: string;
  /** The execution that ran the exit handler, where the run's own could not. */
  readonly exitExecutionArn?: string;
  readonly finishedAt?: string;
  readonly shutdown?: Shutdown;
  /** Of a run that was tried again: the executions before, exit handlers included. */
  readonly earlierExecutions?: readonly string[];
}

/** A run that is tried again. */
export type Reopened = Pick<NewRun, 'run' | 'machineArn' | 'executionName'>;

export interface RunFilter {
  readonly phases?: readonly RunPhase[];
  readonly name?: string;
  readonly cron?: string;
  /** Created before (exclusive) and after (inclusive), RFC 3339. */
  readonly before?: string;
  readonly since?: string;
  readonly limit?: number;
}

export interface RunIndex {
  /** Writes the run, unless it was written before: then that one is answered. */
  claim(run: NewRun): Promise<{ readonly isNew: boolean; readonly record: RunRecord }>;
  started(uid: string, executionArn: string): Promise<void>;
  get(uid: string): Promise<RunRecord | undefined>;
  /** Newest first. */
  list(filter: RunFilter): AsyncIterable<RunRecord>;
  setShutdown(uid: string, strategy: Shutdown): Promise<void>;
  /** False when the run has ended. */
  setSuspended(uid: string, suspended: boolean): Promise<boolean>;
  /** False while another call handles the end of the run, for as long as its function may take. */
  beginEnd(uid: string): Promise<boolean>;
  /** Lets the end be handled again. */
  giveUpEnd(uid: string): Promise<void>;
  exitStarted(uid: string, executionArn: string): Promise<void>;
  /** False when it was closed before: whoever closes it first decides. */
  close(record: RunRecord, end: RunEnd): Promise<boolean>;
  /** Makes a run that has ended Pending again. False when somebody else did so before. */
  reopen(record: RunRecord, again: Reopened): Promise<boolean>;
  /**
   * Nothing of the run goes on any more; locks that it asks for from now on are refused. False when it is tried again
   * meanwhile.
   */
  end(record: RunRecord): Promise<boolean>;
  /** Takes the run out of lists; the row stays, so that the event that made it makes no second one. */
  hide(uid: string): Promise<void>;
}

export interface RunEnd {
  readonly phase: RunPhase;
  readonly message?: string;
  readonly finishedAt: string;
}

const LONGEST_MESSAGE = 8192;

export function tableRunIndex(table: Table, now: () => number, retentionDays: number): RunIndex {
  const keyOf = (uid: string) => ({ pk: `run#${uid}`, sk: 'run' });
  /** Nothing is made of what is not there. */
  const change = (uid: string, update: Omit<Update, 'pk' | 'sk'>) =>
    table.update({ ...keyOf(uid), ...update, when: { ...update.when, listed: { exists: true } } });
  return {
    async claim(run) {
      const { uid, creationTimestamp } = run.run;
      const row: Row = {
        ...keyOf(uid),
        ...plain(run),
        phase: 'Pending',
        createdAt: creationTimestamp,
        listed: LISTED_RUNS,
        at: `${creationTimestamp}#${uid}`,
        expires: expiresAfterRun(now()),
      };
      if (await table.put(row, { ifAbsent: true })) return { isNew: true, record: recordOf(row) };
      const before = await table.get(keyOf(uid));
      return { isNew: false, record: recordOf(before ?? row) };
    },
    started: async (uid, executionArn) => {
      await change(uid, { set: { executionArn, phase: 'Running' }, when: { phase: { is: 'Pending' } } });
    },
    async get(uid) {
      const row = await table.get(keyOf(uid));
      return row?.['listed'] === undefined ? undefined : recordOf(row);
    },
    list: (filter) => listRuns(table, filter),
    setShutdown: async (uid, shutdown) => void (await change(uid, { set: { shutdown } })),
    setSuspended: async (uid, suspended) => {
      const said: Partial<Update> = suspended ? { set: { suspended: true } } : { remove: ['suspended'] };
      return (await change(uid, { ...said, when: { finishedAt: { exists: false } } })).ok;
    },
    beginEnd: async (uid) => {
      const when = { endingAt: { absentOrBelow: now() - FUNCTIONS['exit-handler'].timeoutSeconds * 1000 } };
      return (await change(uid, { set: { endingAt: now() }, when })).ok;
    },
    giveUpEnd: async (uid) => void (await change(uid, { remove: ['endingAt'] })),
    exitStarted: async (uid, exitExecutionArn) => void (await change(uid, { set: { exitExecutionArn } })),
    async close({ uid, executionName }, { phase, message, finishedAt }) {
      const expires = expiresInDays(now(), retentionDays);
      const set = { phase, message: message?.slice(0, LONGEST_MESSAGE), finishedAt, expires };
      const when = { finishedAt: { exists: false }, executionName: { is: executionName } };
      return (await change(uid, { set, when })).ok;
    },
    async reopen({ uid, executionName, executionArn, exitExecutionArn, earlierExecutions = [] }, again) {
      const before = [executionArn, exitExecutionArn].filter((arn) => arn !== undefined);
      const { run, machineArn } = again;
      return (
        await change(uid, {
          set: {
            run: JSON.stringify(run),
            machineArn,
            executionName: again.executionName,
            earlierExecutions: [...earlierExecutions, ...before],
            phase: 'Pending',
            expires: expiresAfterRun(now()),
          },
          remove: [
            'finishedAt',
            'message',
            'shutdown',
            'ended',
            'suspended',
            'executionArn',
            'exitExecutionArn',
            'endingAt',
          ],
          when: { finishedAt: { exists: true }, executionName: { is: executionName } },
        })
      ).ok;
    },
    end: async ({ uid, executionName }) =>
      (await change(uid, { set: { ended: true }, when: { executionName: { is: executionName } } })).ok,
    hide: async (uid) => void (await change(uid, { set: { hidden: true }, remove: ['at'] })),
  };
}

/** Input of the execution of a run. */
export function inputOf(run: RunContext): string {
  return JSON.stringify({ workflow: run, node: run.name, inputs: {} });
}

/** `run` as a text: it may hold what no attribute can. */
function plain({ run, ...rest }: NewRun): Readonly<Record<string, unknown>> {
  return { ...rest, name: run.name, run: JSON.stringify(run) };
}

function recordOf(row: Row): RunRecord {
  const { pk, sk: _sk, listed: _listed, at: _at, expires: _expires, run, ...rest } = row;
  return {
    ...(rest as unknown as RunRecord),
    uid: pk.slice('run#'.length),
    run: JSON.parse(String(run)) as RunContext,
  };
}

async function* listRuns(table: Table, filter: RunFilter): AsyncIterable<RunRecord> {
  const { phases, name, cron, before, since, limit = Number.POSITIVE_INFINITY } = filter;
  let count = 0;
  const query: Query = {
    pk: LISTED_RUNS,
    index: RUN_INDEX,
    descending: true,
    ...(before === undefined ? {} : { before }),
  };
  for await (const row of table.query(query)) {
    if (count >= limit) return;
    const record = recordOf(row);
    if (since !== undefined && record.createdAt < since) return;
    if (phases !== undefined && !phases.includes(record.phase)) continue;
    if (name !== undefined && record.name !== name) continue;
    if (cron !== undefined && record.cron !== cron) continue;
    count += 1;
    yield record;
  }
}
