/** What a person may do to a run that goes on: stop, terminate, resume. */
import { resumed, type Suspended } from '../evaluate/leaf/suspend.ts';
import type { JsonValue } from '../protocol/json.ts';
import { ARGO_ERROR, ARGO_FAILED, type Outcome } from '../protocol/outcome.ts';
import { answerTokens } from './answer-token.ts';
import type { AwsWorld } from './aws-world.ts';
import type { RunRecord } from './run-index.ts';
import { stopTasks } from './stop-tasks.ts';

/** Resumes the nodes that `matches`; answers their names. */
export async function resumeRun(
  world: AwsWorld,
  uid: string,
  matches: (node: string) => boolean,
  outputs: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const answer = answerTokens(world.clients.states);
  const names: string[] = [];
  for (const one of await world.suspensions.list(uid)) {
    if (!matches(one.node) || !(await world.suspensions.take(uid, one.node))) continue;
    const now = new Date(world.clients.now()).toISOString();
    const outcome = resumed(one.task as unknown as Suspended, outputs, now);
    names.push(one.node);
    if (outcome.phase === 'Succeeded') await answer(one.token, { output: outcome as unknown as JsonValue });
    else await answer(one.token, { error: ARGO_ERROR, cause: JSON.stringify(outcome) });
  }
  return names;
}

/** Part of an exit handler, which a stopped run still runs. */
function isExitNode(node: string): boolean {
  return /\.onExit(?=$|[.[(])/.test(node);
}

/** What runs is ended, what would start is refused by its stage; exit handlers still run. */
export async function stopRun(world: AwsWorld, { uid }: RunRecord): Promise<void> {
  const message = 'workflow shutdown with strategy:  Stop';
  await world.runs.setShutdown(uid, 'Stop');
  const answer = answerTokens(world.clients.states);
  const finishedAt = new Date(world.clients.now()).toISOString();
  for (const one of await world.suspensions.list(uid)) {
    if (isExitNode(one.node) || !(await world.suspensions.take(uid, one.node))) continue;
    const outcome: Outcome = { node: one.node, phase: 'Failed', message, finishedAt };
    await answer(one.token, { error: ARGO_FAILED, cause: JSON.stringify(outcome) });
  }
  await stopTasks(world, uid, message, isExitNode);
}

/** Ends everything at once; the exit-handler function clears up after it. */
export async function terminateRun(world: AwsWorld, { uid, executionArn }: RunRecord): Promise<void> {
  const message = "Stopped with strategy 'Terminate'";
  await world.runs.setShutdown(uid, 'Terminate');
  if (executionArn !== undefined)
    await world.clients.states.stopExecution(executionArn, 'Argo.Terminated', message);
  await stopTasks(world, uid, message);
}
