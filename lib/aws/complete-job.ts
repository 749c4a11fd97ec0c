/** Puts into the Job of a leaf what the stack knows: the executor's image and settings, and commands of images. */
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import type { JobOfLeaf } from '../protocol/run-job.ts';
import { EXECUTOR_IMAGE, STORE_ENV } from '../protocol/run-task.ts';
import type { TaskSpec } from '../protocol/task-spec.ts';
import type { AwsClients } from './clients.ts';
import type { Environment } from './environment.ts';
import { type ImageCommand, imageCommand } from './image-command.ts';
import { SECRETS_PREFIX_ENV } from './task-definitions.ts';

type Clients = Pick<AwsClients, 'fetch' | 'log'>;
type Complete = (job: JobOfLeaf, spec: TaskSpec) => Promise<JobOfLeaf>;

export function jobCompleter(environment: Environment, clients: Clients): Complete {
  const known = new Map<string, Promise<ImageCommand | undefined>>();
  const commandOf = (image: string): Promise<ImageCommand | undefined> => {
    const before = known.get(image);
    if (before !== undefined) return before;
    const asked = commandFrom(image, environment, clients);
    known.set(image, asked);
    return asked;
  };
  return async (job, spec) => {
    const { containers, initContainers, sidecars } = spec;
    // A template that names its command needs nobody to ask a registry.
    const silent = [...containers, ...initContainers, ...sidecars].filter((one) => one.command === undefined);
    const commands = new Map<string, ImageCommand | undefined>();
    for (const { name, image } of silent) commands.set(name, await commandOf(image));
    const complete = (one: JsonValue) => completed(one as JsonObject, environment, commands);
    const { podSpec } = job;
    return {
      ...job,
      podSpec: {
        ...podSpec,
        initContainers: (podSpec['initContainers'] as readonly JsonValue[]).map(complete),
        containers: (podSpec['containers'] as readonly JsonValue[]).map(complete),
      },
    };
  };
}

async function commandFrom(
  image: string,
  { architecture }: Environment,
  clients: Clients,
): Promise<ImageCommand | undefined> {
  try {
    return await imageCommand(image, architecture === 'ARM64' ? 'arm64' : 'amd64', clients);
  } catch (error) {
    clients.log({ level: 'warn', message: 'no entrypoint known of image', image, why: String(error) });
    return undefined;
  }
}

function completed(
  container: JsonObject,
  { executorImage, bucket, secretsPrefix, region }: Environment,
  commands: ReadonlyMap<string, ImageCommand | undefined>,
): JsonObject {
  if (container['image'] === EXECUTOR_IMAGE) {
    const settings = [
      { name: STORE_ENV, value: `s3://${bucket}` },
      { name: SECRETS_PREFIX_ENV, value: secretsPrefix },
      { name: 'AWS_REGION', value: region },
    ];
    const env = (container['env'] ?? []) as readonly JsonObject[];
    return { ...container, image: executorImage, env: [...env, ...settings] };
  }
  const own = commands.get(String(container['name']));
  if (own === undefined) return container;
  return { ...container, args: [String(own.entrypoint.length), ...own.entrypoint, ...own.command] };
}
