/**
 * What ECS tells a container about its own task:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate-response.html
 */
import { asBag, asList, asText } from './bag.ts';

export interface ContainerState {
  readonly exitCode: number;
  readonly outOfMemory: boolean;
}

export interface TaskMetadata {
  readonly taskArn: () => Promise<string | undefined>;
  readonly ip: () => Promise<string>;
  /** Containers that have stopped, by name. */
  readonly ended: () => Promise<Readonly<Record<string, ContainerState>>>;
}

/** The endpoint answers 40 requests a second to a whole task. */
const FRESH_MS = 1_000;
/** Of a container that was killed without a code. */
const KILLED = 137;

export function taskMetadata(
  address: string | undefined,
  ask: typeof fetch,
  now: () => number,
): TaskMetadata {
  const read = async (path: string): Promise<unknown> => {
    if (address === undefined) return undefined;
    try {
      const response = await ask(`${address}${path}`, { signal: AbortSignal.timeout(5_000) });
      return response.ok ? await response.json() : undefined;
    } catch {
      return undefined;
    }
  };
  let last: { readonly at: number; readonly ended: Readonly<Record<string, ContainerState>> } | undefined;
  return {
    taskArn: async () => asText(asBag(await read('/task'))['TaskARN']),
    ip: async () => {
      const networks = asList(asBag(await read(''))['Networks']).map(asBag);
      const [found] = networks.flatMap((one) => asList(one['IPv4Addresses']));
      return asText(found) ?? '127.0.0.1';
    },
    ended: async () => {
      if (last !== undefined && now() - last.at < FRESH_MS) return last.ended;
      const containers = asList(asBag(await read('/task'))['Containers']).map(asBag);
      const stopped = containers.filter((one) => one['KnownStatus'] === 'STOPPED');
      const ended = Object.fromEntries(
        stopped.map((one) => [
          String(one['Name']),
          {
            exitCode: typeof one['ExitCode'] === 'number' ? one['ExitCode'] : KILLED,
            outOfMemory: isOutOfMemory(one),
          },
        ]),
      );
      // An answer that was lost says nothing about who has stopped.
      if (containers.length > 0) last = { at: now(), ended };
      return ended;
    },
  };
}

function isOutOfMemory(container: Readonly<Record<string, unknown>>): boolean {
  return /OutOfMemory/.test(String(container['Reason'] ?? ''));
}
