/** Registers task definitions, each content once: what is compiled, completed with what the stack knows. */
import { createHash } from 'node:crypto';
import { fargateSize } from '../evaluate/leaf/fargate-size.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import {
  type ContainerDefinition,
  EXECUTOR_IMAGE,
  STORE_ENV,
  type TaskDefinition,
} from '../protocol/run-task.ts';
import { type AwsClients, isNamed } from './clients.ts';
import type { Environment } from './environment.ts';
import { type ImageCommand, imageCommand } from './image-command.ts';
import { expiresInDays } from './row-time.ts';

/**
 * RegisterTaskDefinition refills one call a second:
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
 */
const MOST_TRIES = 30;
const LONGEST_PAUSE_MS = 5_000;
/** Another revision after this time picks up an image whose entrypoint was changed under the same tag. */
const KEPT_DAYS = 30;
/** A registry that was silent is asked again after an hour. */
const INCOMPLETE_DAYS = 1 / 24;

type Clients = Pick<AwsClients, 'table' | 'tasks' | 'fetch' | 'now' | 'sleep' | 'log'>;

/** Answers the ARN of a revision. */
export function taskDefinitionRegistry(
  environment: Environment,
  clients: Clients,
): (definition: TaskDefinition) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  return (definition) => {
    if (definition.unplaceable !== undefined) return Promise.reject(new Error(definition.unplaceable));
    const family = familyOf(definition, environment);
    const before = known.get(family);
    if (before !== undefined) return before;
    const made = registered(family, definition, environment, clients);
    known.set(family, made);
    made.catch(() => known.delete(family));
    return made;
  };
}

/**
 * What the template left open is as the stack is configured: the architecture, and the size of a smallest
 * task.
 */
export function withDefaults(
  definition: TaskDefinition,
  { architecture, defaultCpu, defaultMemory }: Environment,
): TaskDefinition {
  const { runtimePlatform = { operatingSystemFamily: 'LINUX' } } = definition;
  const isSmallest = definition.cpu === SMALLEST.cpu && definition.memory === SMALLEST.memory;
  const size = isSmallest ? fargateSize(Number(defaultCpu) || 0, Number(defaultMemory) || 0) : undefined;
  return {
    ...definition,
    ...size,
    runtimePlatform: { cpuArchitecture: architecture || 'X86_64', ...runtimePlatform },
  };
}

const SMALLEST = { cpu: '256', memory: '512' };

/** What the stack adds is part of the content: another executor or role is another definition. */
function familyOf(definition: TaskDefinition, environment: Environment): string {
  const { family: _family, ...content } = definition;
  const { executorImage, taskRole, executionRole, taskLogGroup, fileSystem, bucket, secretsPrefix } =
    environment;
  const around = { executorImage, taskRole, executionRole, taskLogGroup, fileSystem, bucket, secretsPrefix };
  const hash = createHash('sha256')
    .update(JSON.stringify([content, around]))
    .digest('hex')
    .slice(0, 20);
  return `${environment.prefix}${hash}`;
}

async function registered(
  family: string,
  definition: TaskDefinition,
  environment: Environment,
  clients: Clients,
): Promise<string> {
  const key = { pk: `task#${family}`, sk: 'definition' };
  const row = await clients.table.get(key);
  const isFresh = Number(row?.['expires'] ?? 0) > clients.now() / 1000;
  if (row !== undefined && isFresh) return String(row['arn']);
  const commands = await commandsOf(definition, clients);
  const arn = await patiently(clients, () =>
    clients.tasks.register(completed(family, definition, environment, commands)),
  );
  const isComplete = definition.containerDefinitions
    .filter(isUsers)
    .every(({ image }) => commands.has(image));
  const days = isComplete ? KEPT_DAYS : INCOMPLETE_DAYS;
  // Two that register at once make two revisions of the same content; either will do.
  await clients.table.put({ ...key, arn, expires: expiresInDays(clients.now(), days) });
  return arn;
}

async function patiently<T>({ sleep }: Clients, act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      const isThrottle = isNamed(error, 'ThrottlingException', 'TooManyRequestsException', 'ServerException');
      if (!isThrottle || attempt >= MOST_TRIES) throw error;
      await sleep(Math.random() * Math.min(LONGEST_PAUSE_MS, 200 * 2 ** attempt));
    }
  }
}

/**
 * By image; one that no registry tells about has to name its command in the template, which then wins
 * anyway.
 */
async function commandsOf(
  definition: TaskDefinition,
  clients: Clients,
): Promise<ReadonlyMap<string, ImageCommand>> {
  const isArm = definition.runtimePlatform?.cpuArchitecture === 'ARM64';
  const images = new Set(definition.containerDefinitions.filter(isUsers).map(({ image }) => image));
  const found = await Promise.all(
    [...images].map(async (image) => {
      try {
        return [[image, await imageCommand(image, isArm ? 'arm64' : 'amd64', clients)] as const];
      } catch (error) {
        clients.log({ level: 'warn', message: 'no entrypoint known of image', image, why: String(error) });
        return [];
      }
    }),
  );
  return new Map(found.flat());
}

function isUsers({ image }: ContainerDefinition): boolean {
  return image !== EXECUTOR_IMAGE;
}

function completed(
  family: string,
  definition: TaskDefinition,
  environment: Environment,
  commands: ReadonlyMap<string, ImageCommand>,
): JsonObject {
  const { containerDefinitions, volumes, cpu, memory, runtimePlatform } = definition;
  return {
    family,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu,
    memory,
    ...(runtimePlatform && { runtimePlatform: { ...runtimePlatform } }),
    taskRoleArn: environment.taskRole,
    executionRoleArn: environment.executionRole,
    volumes: volumes.map((volume) => volumeOf(volume, environment)),
    containerDefinitions: containerDefinitions.map((one) => containerOf(one, environment, commands)),
    tags: [{ key: 'argosy', value: 'task' }],
  };
}

function containerOf(
  container: ContainerDefinition,
  environment: Environment,
  commands: ReadonlyMap<string, ImageCommand>,
): JsonObject {
  const isOurs = !isUsers(container);
  const own = commands.get(container.image);
  const command =
    container.command ?? (own && [String(own.entrypoint.length), ...own.entrypoint, ...own.command]);
  return {
    ...(container as unknown as JsonObject),
    image: isOurs ? environment.executorImage : container.image,
    ...(command !== undefined && { command }),
    // Lasting artifacts of the last two minutes are worth a wait; nobody may be given longer on Fargate.
    stopTimeout: 120,
    ...(isOurs && { environment: [...(container.environment ?? []), ...executorVariables(environment)] }),
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': environment.taskLogGroup,
        'awslogs-region': environment.region,
        'awslogs-stream-prefix': 'task',
        mode: 'blocking',
      },
    },
  } as unknown as JsonObject;
}

/** What the executor reads besides its overrides. */
function executorVariables(
  environment: Environment,
): readonly { readonly name: string; readonly value: string }[] {
  return [
    { name: STORE_ENV, value: `s3://${environment.bucket}` },
    { name: SECRETS_PREFIX_ENV, value: environment.secretsPrefix },
  ];
}

export const SECRETS_PREFIX_ENV = 'ARGOSY_SECRETS_PREFIX';

/** A claim is a folder of the file system. */
function volumeOf(volume: TaskDefinition['volumes'][number], { fileSystem }: Environment): JsonValue {
  if (volume.efs === undefined) return { name: volume.name };
  if (fileSystem === '') throw new Error(`volume ${volume.name}: the runtime has no file system for claims`);
  return {
    name: volume.name,
    efsVolumeConfiguration: {
      fileSystemId: fileSystem,
      rootDirectory: `/${volume.efs.claim}`,
      transitEncryption: 'ENABLED',
      authorizationConfig: { iam: 'ENABLED' },
    },
  };
}
