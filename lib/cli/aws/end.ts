/** `argosy stop` and `argosy terminate` on AWS. */
import { answerTokens } from '../../aws/answer-token.ts';
import { readHistory } from '../../aws/execution-history.ts';
import type { RunRecord } from '../../aws/run-index.ts';
import { createShutdown, type Strategy } from '../../local/shutdown.ts';
import { ARGO_FAILED } from '../../protocol/outcome.ts';
import type { EndFlags } from '../commands/live.ts';
import { CliError, EXIT } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import { type EcsTask, ecsTasks } from './ecs-tasks.ts';
import { openJobs } from './eks-jobs.ts';
import { findRun, isOver } from './find-run.ts';
import { type AwsFlags, type Session, withSession } from './session.ts';

export function end(
  verb: 'stop' | 'terminate',
  names: readonly string[],
  flags: EndFlags & AwsFlags,
  terminal: Terminal,
): Promise<number> {
  return withSession(flags, terminal, async (session) => {
    const done = verb === 'stop' ? 'stopped' : 'terminated';
    for (const name of names) {
      const record = await findRun(session, name);
      if (isOver(record)) throw new CliError(`${record.name} does not run: it is ${record.phase}`);
      if (!flags.dryRun) await endRun(session, record, verb === 'stop' ? 'Stop' : 'Terminate');
      terminal.out.write(`workflow ${record.name} ${done}${flags.dryRun ? ' (dry-run)' : ''}\n`);
    }
    return EXIT.ok;
  });
}

/** The row comes first: what would start from now on is refused. */
export async function endRun(session: Session, record: RunRecord, strategy: Strategy): Promise<void> {
  const { clients, runs } = session;
  await runs.setShutdown(record.uid, strategy);
  const { executionArn } = record;
  if (executionArn === undefined) return;
  if (strategy === 'Terminate') {
    await clients.states.stopExecution(executionArn, ARGO_FAILED, `Stopped with strategy '${strategy}'`);
    return;
  }
  const shutdown = createShutdown(undefined);
  shutdown.stop();
  const answer = answerTokens(clients.states);
  const refuse = (node: string, token: string) =>
    answer(token, { error: ARGO_FAILED, cause: JSON.stringify(shutdown.outcome(node, clients.now())) });
  const history = await readHistory(clients, executionArn);
  for (const task of ecsTasks(history))
    if (isMeant(task, shutdown.spares)) await endTask(session, task, refuse);
  // Jobs are deleted when the run ends: the exit-handler function may do that, whoever calls this need not.
  for (const { node, token } of openJobs(history)) if (!shutdown.spares(node)) await refuse(node, token);
  for (const one of await session.suspensions.list(record.uid)) {
    if (shutdown.spares(one.node) || !(await session.suspensions.take(record.uid, one.node))) continue;
    await refuse(one.node, one.token);
  }
}

function isMeant(task: EcsTask, spares: (node: string) => boolean): boolean {
  return task.isOpen && !spares(task.node);
}

/** The answer is given before the task ends, since a task that is stopped would be an Error. */
async function endTask(
  { clients }: Session,
  task: EcsTask,
  refuse: (node: string, token: string) => Promise<void>,
): Promise<void> {
  await refuse(task.node, task.token);
  await clients.tasks.stop(task.cluster, task.taskArn, 'the workflow was stopped');
}
