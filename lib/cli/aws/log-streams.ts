/** Reads what containers wrote from CloudWatch Logs, a stream each, and goes on where it left off. */
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { isNamed } from '../../aws/clients.ts';
import type { EcsTask } from '../../aws/ecs-tasks.ts';
import { bundleReader } from '../../aws/run-status.ts';
import { readYamlValue } from '../../compiler/1-parse/plain-value.ts';
import { taskSpecOf } from '../../handlers/task-spec.ts';
import type { StampedLine } from '../runs/logs.ts';
import type { Session } from './session.ts';

/** As task definitions name it (awslogs-stream-prefix). */
const STREAM_PREFIX = 'task';
/** GetLogEvents refills 25 calls a second for the account. */
const PAUSE_MS = 100;

export interface LogReader {
  /** Lines that are new since the last call, by time. */
  readonly read: (tasks: readonly EcsTask[]) => Promise<readonly StampedLine[]>;
}

interface StreamState {
  readonly container: string;
  readonly name: string;
  readonly node: string;
  token?: string;
}

export function logReader(session: Session): LogReader {
  const { region, endpoint, clients } = session;
  const client = new CloudWatchLogsClient({ region, ...(endpoint === undefined ? {} : { endpoint }) });
  const group = `/${session.prefix.slice(0, -1)}/tasks`;
  const streams = new Map<string, readonly StreamState[]>();
  const drained = new Set<string>();
  return {
    read: async (tasks) => {
      const lines: StampedLine[] = [];
      for (const task of tasks) {
        if (drained.has(task.taskArn)) continue;
        const own = streams.get(task.taskArn) ?? (await streamsOf(session, task));
        streams.set(task.taskArn, own);
        for (const stream of own) {
          lines.push(...(await readStream(client, group, stream)));
          await clients.sleep(PAUSE_MS);
        }
        if (!task.isOpen) drained.add(task.taskArn);
      }
      return lines.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    },
  };
}

/** The user's containers; those of our own say what only concerns us. */
async function streamsOf(session: Session, task: EcsTask): Promise<readonly StreamState[]> {
  const { order } = task;
  const id = task.taskArn.split('/').at(-1) ?? '';
  const world = { blobs: session.blobs, bundle: bundleReader(session.blobs), readYaml: readYamlValue };
  const spec = order && (await taskSpecOf(order, world).catch(() => undefined));
  const containers = [
    ...(spec?.initContainers ?? []),
    ...(spec?.containers ?? []),
    ...(spec?.sidecars ?? []),
  ];
  const names = spec === undefined ? ['main'] : containers.map(({ name }) => name);
  return names.map((container) => ({
    container,
    name: `${STREAM_PREFIX}/${container}/${id}`,
    node: task.node,
  }));
}

async function readStream(
  client: CloudWatchLogsClient,
  logGroupName: string,
  stream: StreamState,
): Promise<readonly StampedLine[]> {
  const lines: StampedLine[] = [];
  for (;;) {
    const { token } = stream;
    const given = { logGroupName, logStreamName: stream.name, startFromHead: true };
    const page = await client
      .send(new GetLogEventsCommand({ ...given, ...(token === undefined ? {} : { nextToken: token }) }))
      .catch((error: unknown) => {
        // A container that wrote nothing yet has no stream.
        if (isNamed(error, 'ResourceNotFoundException')) return undefined;
        throw error;
      });
    if (page === undefined) return lines;
    for (const { timestamp = 0, message = '' } of page.events ?? []) {
      const { node, container } = stream;
      lines.push({
        node,
        container,
        stream: 'stdout',
        line: message,
        time: new Date(timestamp).toISOString(),
      });
    }
    // The end is where the token stays the same.
    if (page.nextForwardToken === undefined || page.nextForwardToken === token) return lines;
    stream.token = page.nextForwardToken;
  }
}
