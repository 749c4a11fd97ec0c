/** What a person may do to a run that goes on: suspend, resume, set outputs of suspended nodes, stop, terminate. */
import type { Result } from '../evaluate/leaf/result.ts';
import {
  endNodes,
  type NodeValues,
  releaseHeld,
  resumeNodes,
  setNodes,
} from '../handlers/suspended-nodes.ts';
import type { Orders } from '../handlers/world.ts';
import { createShutdown, type Shutdown } from '../local/shutdown.ts';
import { type BlobStore, runOrdersKey } from '../protocol/blob-store.ts';
import { ARGO_FAILED } from '../protocol/outcome.ts';
import type { AnswerToken } from '../store/answer.ts';
import type { Suspensions } from '../store/suspensions.ts';
import type { AwsClients } from './clients.ts';
import { type EcsTask, ecsTasks, isAboutToStart } from './ecs-tasks.ts';
import { openJobs } from './eks-jobs.ts';
import { readHistory } from './execution-history.ts';
import type { RunIndex, RunRecord } from './run-index.ts';

/** What the command line has of a runtime as well as its functions. */
export interface ControlWorld {
  readonly clients: Pick<AwsClients, 'states' | 'tasks' | 'now' | 'sleep'>;
  readonly runs: RunIndex;
  readonly suspensions: Suspensions;
  readonly answer: AnswerToken;
  /** The whole bucket. */
  readonly blobs: BlobStore;
}

type Matches = (node: string) => boolean;
type Texts = Readonly<Record<string, string>>;

/** False when the run has ended. */
export async function suspendRun(world: ControlWorld, { uid }: RunRecord): Promise<boolean> {
  const isOpen = await world.runs.setSuspended(uid, true);
  await writeOrders(world, uid);
  return isOpen;
}

/** Tasks that no function makes ready cannot read the row. */
async function writeOrders({ runs, blobs }: ControlWorld, uid: string): Promise<void> {
  const { suspended, shutdown } = (await runs.get(uid)) ?? {};
  const orders: Orders = { ...(suspended && { suspended }), ...(shutdown && { shutdown }) };
  await blobs.put(runOrdersKey(uid), JSON.stringify(orders));
}

/** The run and its suspended nodes; or only the nodes that match. Answers the nodes that went on. */
export async function resumeRun(
  world: ControlWorld,
  { uid }: RunRecord,
  outputs: Texts,
  matches?: Matches,
): Promise<Result<readonly string[]>> {
  const nodes = await resumeNodes(placesOf(world), uid, matches ?? (() => true), outputs);
  if (!nodes.ok || matches !== undefined) return nodes;
  // The row comes first: what is held from now on sees that it need not be.
  await world.runs.setSuspended(uid, false);
  await writeOrders(world, uid);
  await releaseHeld(placesOf(world), uid);
  return nodes;
}

export async function setRunNodes(
  world: ControlWorld,
  { uid }: RunRecord,
  matches: Matches,
  values: NodeValues,
): Promise<Result<readonly string[]>> {
  return await setNodes(placesOf(world), uid, matches, values);
}

/** A leaf that is made ready while the row is written may still start its task. */
const STOP_TRIES = 20;
const STOP_PAUSE_MS = 500;

/** What runs is ended, what would start is refused by its stage; exit handlers still run. */
export async function stopRun(world: ControlWorld, record: RunRecord): Promise<void> {
  const shutdown = createShutdown(undefined);
  shutdown.stop();
  await world.runs.setShutdown(record.uid, 'Stop');
  await writeOrders(world, record.uid);
  await endNodes(placesOf(world), record.uid, ({ node }) =>
    shutdown.spares(node) ? undefined : shutdown.outcome(node, world.clients.now()),
  );
  await releaseHeld(placesOf(world), record.uid);
  if (record.executionArn === undefined) return;
  const ended = new Set<string>();
  for (let tries = STOP_TRIES; tries > 0; tries -= 1) {
    const history = await readHistory(world.clients, record.executionArn);
    for (const task of ecsTasks(history)) {
      if (!task.isOpen || shutdown.spares(task.node) || ended.has(task.taskArn)) continue;
      await endTask(world, task, shutdown);
      ended.add(task.taskArn);
    }
    // Jobs are deleted when the run ends: the exit-handler function may do that, whoever calls this need not.
    for (const job of openJobs(history)) {
      if (shutdown.spares(job.node) || ended.has(job.token)) continue;
      await refuse(world, job, shutdown);
      ended.add(job.token);
    }
    if (!isAboutToStart(history)) return;
    await world.clients.sleep(STOP_PAUSE_MS);
  }
}

/** The answer is given before the task ends, since a task that is stopped would be an Error. */
async function endTask({ clients, answer }: ControlWorld, task: EcsTask, shutdown: Shutdown): Promise<void> {
  await refuse({ clients, answer }, task, shutdown);
  await clients.tasks.stop(task.cluster, task.taskArn, 'the workflow was stopped');
}

async function refuse(
  { clients, answer }: Pick<ControlWorld, 'clients' | 'answer'>,
  { node, token }: Pick<EcsTask, 'node' | 'token'>,
  shutdown: Shutdown,
): Promise<void> {
  const outcome = shutdown.outcome(node, clients.now());
  await answer(token, { error: ARGO_FAILED, cause: JSON.stringify(outcome) });
}

/** Ends everything at once; the exit-handler function clears up after it. */
export async function terminateRun(
  { clients, runs }: ControlWorld,
  { uid, executionArn }: RunRecord,
): Promise<void> {
  await runs.setShutdown(uid, 'Terminate');
  if (executionArn === undefined) return;
  await clients.states.stopExecution(executionArn, 'Argo.Terminated', "Stopped with strategy 'Terminate'");
}

function placesOf({ suspensions, answer, clients }: ControlWorld) {
  return { suspensions, answer, now: clients.now };
}
