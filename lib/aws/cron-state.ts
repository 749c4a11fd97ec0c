/** What is known of a CronWorkflow between its firings: counts, its last time, and its runs. */
import type { AwsWorld } from './aws-world.ts';
import { expiresAfterRun } from './row-time.ts';
import type { RunPhase, RunRecord } from './run-index.ts';

export interface CronState {
  readonly succeeded: number;
  readonly failed: number;
  readonly lastScheduledTime?: string;
  /** Its stopStrategy has come true, once and for all. */
  readonly isStopped: boolean;
}

const OPEN: ReadonlySet<RunPhase> = new Set(['Pending', 'Running']);

/** `namespace/name`. */
export function cronKey(cron: string): { readonly pk: string; readonly sk: string } {
  return { pk: `cron#${cron}`, sk: 'state' };
}

export async function readCron({ clients }: AwsWorld, cron: string): Promise<CronState> {
  const row = await clients.table.get(cronKey(cron));
  const last = row?.['lastScheduledTime'] as string | undefined;
  return {
    succeeded: Number(row?.['succeeded'] ?? 0),
    failed: Number(row?.['failed'] ?? 0),
    isStopped: row?.['stopped'] === true,
    ...(last !== undefined && { lastScheduledTime: last }),
  };
}

export async function stopCron({ clients }: AwsWorld, cron: string): Promise<void> {
  await clients.table.update({ ...cronKey(cron), set: { stopped: true } });
}

/** A file that is uploaded anew starts its CronWorkflow anew. */
export async function forgetCron({ clients }: AwsWorld, cron: string): Promise<void> {
  await clients.table.delete(cronKey(cron));
}

/** Noted before the run is started, so that no run of it can be missed. */
export async function noteFiring(
  { clients }: AwsWorld,
  cron: string,
  time: string,
  uid: string,
): Promise<void> {
  const { pk } = cronKey(cron);
  await clients.table.put({ pk, sk: `run#${time}#${uid}`, uid, expires: expiresAfterRun(clients.now()) });
}

export async function noteTime({ clients }: AwsWorld, cron: string, time: string): Promise<void> {
  await clients.table.update({ ...cronKey(cron), set: { lastScheduledTime: time } });
}

export async function noteEnd(world: AwsWorld, cron: string, phase: RunPhase): Promise<void> {
  const count = phase === 'Succeeded' ? 'succeeded' : 'failed';
  await world.clients.table.update({ ...cronKey(cron), add: { [count]: 1 } });
}

/** Newest first. */
export async function runsOfCron(world: AwsWorld, cron: string): Promise<readonly RunRecord[]> {
  const found: RunRecord[] = [];
  const { pk } = cronKey(cron);
  for await (const row of world.clients.table.query({ pk, prefix: 'run#', descending: true })) {
    const record = await world.runs.get(String(row['uid']));
    if (record !== undefined) found.push(record);
  }
  return found;
}

/** The index may lag behind, or an event be lost: what it holds for active is asked of Step Functions. */
export async function activeRuns(world: AwsWorld, runs: readonly RunRecord[]): Promise<readonly RunRecord[]> {
  const open = runs.filter(({ phase }) => OPEN.has(phase));
  const found = await Promise.all(
    open.map(async (record) => {
      if (record.executionArn === undefined) return [record];
      const arn = record.exitExecutionArn ?? record.executionArn;
      const execution = await world.clients.states.describeExecution(arn);
      return execution === undefined || execution.status === 'RUNNING' ? [record] : [];
    }),
  );
  return found.flat();
}

/** Forgets the oldest ended runs past `successfulJobsHistoryLimit` and `failedJobsHistoryLimit`. */
export async function keepHistory(
  world: AwsWorld,
  cron: string,
  limits: { readonly succeeded: number; readonly failed: number },
): Promise<void> {
  const ended = (await runsOfCron(world, cron)).filter(({ phase }) => !OPEN.has(phase));
  const good = ended.filter(({ phase }) => phase === 'Succeeded').slice(limits.succeeded);
  const bad = ended.filter(({ phase }) => phase !== 'Succeeded').slice(limits.failed);
  const forgotten = new Set([...good, ...bad].map(({ uid }) => uid));
  const { pk } = cronKey(cron);
  for await (const row of world.clients.table.query({ pk, prefix: 'run#' }))
    if (forgotten.has(String(row['uid']))) await world.clients.table.delete(row);
  for (const uid of forgotten) await world.runs.hide(uid);
}
