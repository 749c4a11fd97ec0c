/** `argosy logs` on AWS: what the containers of a run wrote to CloudWatch Logs. */

import { podName } from '../../argo/node-id.ts';
import { type EcsTask, ecsTasks } from '../../aws/ecs-tasks.ts';
import { readHistory } from '../../aws/execution-history.ts';
import type { RunRecord } from '../../aws/run-index.ts';
import { filterOf, isOf, type LogsFlags, tailOf } from '../commands/logs.ts';
import { EXIT } from '../exit-code.ts';
import { logPrinter } from '../runs/logs.ts';
import type { Terminal } from '../terminal.ts';
import { currentRun, findRun, isOver } from './find-run.ts';
import { logReader } from './log-streams.ts';
import { type AwsFlags, type Session, withSession } from './session.ts';

const FOLLOW_MS = 2_000;

export function logs(
  name: string,
  pod: string | undefined,
  flags: LogsFlags & AwsFlags,
  terminal: Terminal,
): Promise<number> {
  const wanted = filterOf(flags);
  return withSession(flags, terminal, async (session) => {
    const first = await findRun(session, name);
    const reader = logReader(session);
    let isFirst = true;
    for (let record = first; ; record = (await session.runs.get(first.uid)) ?? record) {
      const [tasks, pods] = await Promise.all([tasksOf(session, record), podsOf(session, record)]);
      const print = logPrinter(terminal.out, { pod: true, pods, timestamps: flags.timestamps === true });
      const chosen = pod === undefined ? tasks : tasks.filter((task) => isOf(lineOf(task), pod, pods));
      const lines = (await reader.read(chosen)).filter(wanted);
      const shown =
        isFirst && flags.tail !== undefined ? lines.slice(-tailOf(flags.tail) || lines.length) : lines;
      for (const line of shown) print(line);
      isFirst = false;
      if (!flags.follow || isOver(record)) return EXIT.ok;
      await session.clients.sleep(FOLLOW_MS);
    }
  });
}

async function tasksOf(session: Session, record: RunRecord): Promise<readonly EcsTask[]> {
  if (record.executionArn === undefined) return [];
  const { earlierExecutions = [], executionArn, exitExecutionArn } = record;
  const found: EcsTask[] = [];
  for (const arn of earlierExecutions) found.push(...ecsTasks(await readHistory(session.clients, arn)));
  return [...found, ...ecsTasks(await readHistory(session.clients, executionArn, exitExecutionArn))];
}

async function podsOf(session: Session, record: RunRecord): Promise<ReadonlyMap<string, string>> {
  const { status } = await currentRun(session, record);
  const nodes = Object.values(status.nodes);
  return new Map(nodes.map((node) => [node.name, podName(record.name, node.name, node.templateName ?? '')]));
}

function lineOf(task: EcsTask) {
  return { node: task.node, container: 'main', stream: 'stdout', line: '', time: '' } as const;
}
