/** ECS: task definitions by family, and tasks whose containers one of our engines runs. */
import { randomUUID } from 'node:crypto';
import { objectLookup } from '../../../lib/aws/executor-world.ts';
import { runStore } from '../../../lib/aws/s3-blob-store.ts';
import { readYamlValue } from '../../../lib/compiler/1-parse/plain-value.ts';
import { type Engine, isTaskFailure, type LogLine, taskFailure } from '../../../lib/engines/engine.ts';
import type { Bundle } from '../../../lib/evaluate/bundle.ts';
import { heedWrittenOrders } from '../../../lib/handlers/heed-orders.ts';
import { taskSpecOf } from '../../../lib/handlers/task-spec.ts';
import { isSuspendedError, isToldError } from '../../../lib/handlers/world.ts';
import { type BlobStore, blobJson, nodeKey, runBundleKey } from '../../../lib/protocol/blob-store.ts';
import type { JsonObject, JsonValue } from '../../../lib/protocol/json.ts';
import { ARGO_FAILED, type Outcome } from '../../../lib/protocol/outcome.ts';
import {
  type RunTaskArguments,
  TASK_TOKEN_ENV,
  type TaskDefinition,
} from '../../../lib/protocol/run-task.ts';
import { orderedTask, runOfOrder, type TaskOrder } from '../../../lib/protocol/task-order.ts';
import type { TaskSpec } from '../../../lib/protocol/task-spec.ts';
import type { TokenRegistry } from '../../../lib/runtime/index.ts';
import { awsError, jsonService, type Service, text } from './http.ts';
import type { Iam } from './iam.ts';
import { ACCOUNT, REGION } from './machines.ts';

export interface EcsTask {
  readonly arn: string;
  readonly clusterArn: string;
  readonly definition: RegisteredDefinition;
  readonly overrides: JsonObject;
  readonly tags: readonly JsonValue[];
  readonly startedBy: string;
  readonly createdAt: Date;
  readonly stop: (reason: string) => void;
  /** Resolves once all containers have ended. */
  readonly stopped: Promise<void>;
  lastStatus: 'RUNNING' | 'STOPPED';
  exitCode?: number;
  stoppedReason?: string;
}

export interface RegisteredDefinition {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  readonly fields: JsonObject;
}

export interface Ecs {
  readonly definitions: ReadonlyMap<string, readonly RegisteredDefinition[]>;
  readonly tasks: ReadonlyMap<string, EcsTask>;
  readonly register: (fields: JsonObject) => RegisteredDefinition;
  /** By family, family and revision, or ARN. */
  readonly find: (name: string) => RegisteredDefinition;
  /** Arguments as in Step Functions: PascalCase. */
  readonly run: (given: JsonObject) => EcsTask;
  readonly stop: (task: string, reason: string) => EcsTask;
  readonly close: () => Promise<void>;
}

/** What goes wrong with a task: its call is throttled, its host is lost, the answer of its token is lost. */
export type Fault = 'throttle' | 'lost' | 'mute';

export interface EcsSurroundings {
  readonly engine: Engine;
  /** The bucket as a task with this role may use it. */
  readonly blobs: (role: string) => BlobStore;
  readonly check: Iam['check'];
  readonly tokens: () => TokenRegistry;
  readonly claims: string;
  readonly secret: (name: string, role: string) => Readonly<Record<string, string>> | undefined;
  readonly onLog: (task: EcsTask, line: LogLine) => void;
  readonly fault?: (given: JsonObject) => Fault | undefined;
}

export function createEcs(around: EcsSurroundings): Ecs {
  const definitions = new Map<string, RegisteredDefinition[]>();
  const tasks = new Map<string, EcsTask>();
  const find = (name: string): RegisteredDefinition => {
    const [family = '', revision] = name.replace(/^.*task-definition\//, '').split(':');
    const all = definitions.get(family) ?? [];
    const found = revision === undefined ? all.at(-1) : all.find((one) => String(one.revision) === revision);
    if (found === undefined) throw awsError('ClientException', 'Unable to describe task definition.');
    return found;
  };
  return {
    definitions,
    tasks,
    find,
    register: (fields) => {
      const family = text(fields['family']);
      if (!/^[A-Za-z0-9_-]{1,255}$/.test(family))
        throw awsError('ClientException', `family ${family} is not valid`);
      const known = definitions.get(family) ?? [];
      const revision = known.length + 1;
      const arn = `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/${family}:${revision}`;
      const registered = { arn, family, revision, fields };
      definitions.set(family, [...known, registered]);
      return registered;
    },
    run: (given) => {
      const fault = around.fault?.(given);
      if (fault === 'throttle') throw awsError('ThrottlingException', 'Rate exceeded');
      const size = JSON.stringify(given['Overrides'] ?? {}).length;
      if (size > 8192)
        throw awsError('InvalidParameterException', 'Container Overrides length must be at most 8192');
      const task = begin(around, find(text(given['TaskDefinition'])), given, fault);
      tasks.set(task.arn, task);
      return task;
    },
    stop: (name, reason) => {
      const id = name.split('/').at(-1);
      const found = [...tasks.values()].find((one) => one.arn === name || one.arn.endsWith(`/${id}`));
      if (found === undefined)
        throw awsError('InvalidParameterException', 'The referenced task was not found.');
      found.stop(reason);
      return found;
    },
    close: async () => {
      for (const one of tasks.values()) if (one.lastStatus === 'RUNNING') one.stop('the box closes');
      await Promise.all([...tasks.values()].map(({ stopped }) => stopped));
    },
  };
}

/** Exit codes of `wait`: Succeeded, Failed, Error; and of a container that was killed. */
const EXIT = { Succeeded: 0, Failed: 1, Error: 2, killed: 137 } as const;

/** The engine stands for the containers; what `wait` keeps and reports to Step Functions is done here. */
function begin(
  around: EcsSurroundings,
  definition: RegisteredDefinition,
  given: JsonObject,
  fault: Fault | undefined,
): EcsTask {
  const cluster = text(given['Cluster']) || 'default';
  const arn = `arn:aws:ecs:${REGION}:${ACCOUNT}:task/${cluster.split('/').at(-1)}/${randomUUID().replaceAll('-', '')}`;
  const controller = new AbortController();
  const args = { Overrides: { ContainerOverrides: [] }, ...given } as unknown as RunTaskArguments;
  const { node, order } = orderedTask(args);
  const token = fault === 'mute' ? undefined : environmentOf(args, TASK_TOKEN_ENV);
  let finish: () => void = () => undefined;
  const task: EcsTask = {
    arn,
    clusterArn: `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/${cluster.split('/').at(-1)}`,
    definition,
    overrides: (given['Overrides'] ?? {}) as JsonObject,
    tags: (given['Tags'] ?? []) as readonly JsonValue[],
    startedBy: text(given['StartedBy']),
    createdAt: new Date(),
    stopped: new Promise((resolve) => {
      finish = resolve;
    }),
    stop: (reason) => {
      task.stoppedReason ??= reason;
      around.engine.stop(node).catch(() => undefined);
      controller.abort(new Error(reason));
    },
    lastStatus: 'RUNNING',
  };
  const end = (exitCode: number | undefined) => {
    if (task.lastStatus === 'STOPPED') return;
    task.lastStatus = 'STOPPED';
    if (exitCode !== undefined) task.exitCode = exitCode;
    finish();
  };
  const overridden = (given['Overrides'] ?? {}) as JsonObject;
  const role = text(overridden['TaskRoleArn'] ?? definition.fields['taskRoleArn']);
  const everything = around.blobs(role);
  const blobs = runStore(everything, (order && runOfOrder(order)) ?? '');
  let place: string | undefined;
  const keep = async (outcome: string) => {
    if (place !== undefined) await blobs.put(place, outcome);
  };
  const report = (action: string, settle: (tokens: TokenRegistry, token: string) => void) => {
    if (token === undefined) return;
    around.check(role, [{ action: `states:${action}`, resources: ['*'] }]);
    settle(around.tokens(), token);
  };
  const lookup = objectLookup(everything, 'default', async (name) => around.secret(name, role));
  const work = async (): Promise<Outcome> => {
    const world = { blobs, bundle: () => bundleOf(blobs, order), readYaml: readYamlValue };
    // Tasks that are none of ours have no order, and engines of tests that need none.
    if (order !== undefined) await heedWrittenOrders(order, blobs);
    const spec = order === undefined ? ({} as TaskSpec) : await taskSpecOf(order, world);
    if (order !== undefined) place = nodeKey(spec.run, spec.nodeId, 'outcome.json');
    return await around.engine.runTask({
      spec: { ...spec, node },
      arguments: args,
      taskDefinition: definition.fields as unknown as TaskDefinition,
      signal: controller.signal,
      blobs,
      now: () => Date.now(),
      objects: lookup,
      claims: around.claims,
      onLog: (line) => around.onLog(task, line),
      onDaemonEnd: ({ phase }) => end(phase === 'Succeeded' ? EXIT.Succeeded : EXIT.Failed),
      ...(token === undefined ? {} : { taskToken: token }),
    });
  };
  work()
    .catch((thrown: unknown) => {
      if (isSuspendedError(thrown)) throw taskFailure(thrown.name, thrown.message);
      if (!isToldError(thrown)) throw thrown;
      throw taskFailure(thrown.error, JSON.stringify(thrown.told));
    })
    .then(
      async (outcome) => {
        const told = outcome.daemoned ? { ...outcome, task: arn } : outcome;
        if (!outcome.daemoned) await keep(JSON.stringify(outcome));
        report('SendTaskSuccess', (tokens, one) => tokens.sendTaskSuccess(one, told as unknown as JsonValue));
        if (!outcome.daemoned) end(EXIT.Succeeded);
      },
      async (thrown: unknown) => {
        if (!isTaskFailure(thrown)) {
          task.stoppedReason ??= thrown instanceof Error ? thrown.message : String(thrown);
          end(fault === 'lost' ? undefined : EXIT.killed);
          return;
        }
        await keep(thrown.cause);
        report('SendTaskFailure', (tokens, one) => tokens.sendTaskFailure(one, thrown.error, thrown.cause));
        end(thrown.error === ARGO_FAILED ? EXIT.Failed : EXIT.Error);
      },
    )
    .catch((error: unknown) => {
      task.stoppedReason = String(error);
      end(undefined);
    });
  if (fault === 'lost') task.stop('Host EC2 (instance) terminated.');
  return task;
}

/** As the executor finds it (bin/executor.ts). */
async function bundleOf(blobs: BlobStore, order: TaskOrder | undefined): Promise<Bundle> {
  const run = order?.kind === 'template' ? order.request.run.name : '';
  const bundle = await blobJson<Bundle>(blobs, runBundleKey(run));
  if (bundle === undefined) throw new Error('the templates of this run are gone');
  return bundle;
}

function environmentOf(given: RunTaskArguments, name: string): string | undefined {
  const all = given.Overrides.ContainerOverrides.flatMap((one) => one.Environment);
  return all.find((one) => one.Name === name)?.Value;
}

/** As DescribeTasks shows a task; `upper` as Step Functions does. */
export function describeTask(task: EcsTask, upper: boolean): JsonObject {
  const containers = (task.definition.fields['containerDefinitions'] ?? []) as readonly JsonObject[];
  const plain: JsonObject = {
    taskArn: task.arn,
    clusterArn: task.clusterArn,
    taskDefinitionArn: task.definition.arn,
    lastStatus: task.lastStatus,
    desiredStatus: task.lastStatus,
    createdAt: task.createdAt.getTime() / (upper ? 1 : 1000),
    startedBy: task.startedBy,
    group: `family:${task.definition.family}`,
    launchType: 'FARGATE',
    ...(task.stoppedReason === undefined ? {} : { stoppedReason: task.stoppedReason }),
    ...(task.lastStatus === 'STOPPED' ? { stopCode: 'EssentialContainerExited' } : {}),
    tags: task.tags,
    overrides: task.overrides,
    containers: containers.map((one) => ({
      name: one['name'] ?? '',
      lastStatus: task.lastStatus,
      ...(task.exitCode === undefined ? {} : { exitCode: task.exitCode }),
    })),
  };
  return (
    upper ? recased(plain, (key) => key.charAt(0).toUpperCase() + key.slice(1)) : lowered(plain)
  ) as JsonObject;
}

const lowered = (value: JsonValue) => recased(value, (key) => key.charAt(0).toLowerCase() + key.slice(1));
const raised = (value: JsonValue) => recased(value, (key) => key.charAt(0).toUpperCase() + key.slice(1));

/** Keys in the other case; the SDK writes camelCase, Step Functions PascalCase. */
export function recased(value: JsonValue, rename: (key: string) => string): JsonValue {
  if (Array.isArray(value)) return value.map((one: JsonValue) => recased(one, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [rename(key), recased(one as JsonValue, rename)]),
  );
}

export function ecsService(ecs: Ecs): Service {
  return jsonService({
    RegisterTaskDefinition: (input) => ({ taskDefinition: describeDefinition(ecs.register(input)) }),
    DescribeTaskDefinition: (input) => {
      const family = text(input['taskDefinition'])
        .replace(/^.*task-definition\//, '')
        .split(':')[0]!;
      const found = ecs.definitions.get(family)?.at(-1);
      if (found === undefined) throw awsError('ClientException', 'Unable to describe task definition.');
      return { taskDefinition: describeDefinition(found) };
    },
    RunTask: (input) => ({
      tasks: [describeTask(ecs.run(raised(input) as JsonObject), false)],
      failures: [],
    }),
    StopTask: (input) => ({
      task: describeTask(ecs.stop(text(input['task']), text(input['reason'])), false),
    }),
    ListTasks: (input) => {
      const desired = input['desiredStatus'] ?? 'RUNNING';
      const { family, startedBy } = input;
      const taskArns = [...ecs.tasks.values()]
        .filter((one) => one.lastStatus === desired)
        .filter((one) => family === undefined || one.definition.family === family)
        .filter((one) => startedBy === undefined || one.startedBy === startedBy)
        .map(({ arn }) => arn);
      return { taskArns };
    },
    DescribeTasks: (input) => {
      const wanted = (input['tasks'] ?? []) as readonly string[];
      const found = wanted.flatMap((one) => ecs.tasks.get(one) ?? []);
      return { tasks: found.map((one) => describeTask(one, false)), failures: [] };
    },
    TagResource: () => ({}),
  });
}

function describeDefinition({ arn, family, revision, fields }: RegisteredDefinition): object {
  return { ...fields, taskDefinitionArn: arn, family, revision, status: 'ACTIVE' };
}
