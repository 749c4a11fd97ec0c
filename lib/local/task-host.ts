/** Does the work of Task states on this machine: handlers in this process, containers on an engine, child executions. */
import { type Engine, isTaskFailure, type LogLine } from '../engines/engine.ts';
import type { ObjectLookup } from '../executor/objects.ts';
import { handlers } from '../handlers/handlers.ts';
import { isHeld } from '../handlers/heed-orders.ts';
import { taskSpecOf } from '../handlers/task-spec.ts';
import { type HandlerWorld, isSuspendedError, isToldError, suspendedError } from '../handlers/world.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import { ARGO_FAILED, type Outcome } from '../protocol/outcome.ts';
import type { RunTaskArguments, TaskDefinition } from '../protocol/run-task.ts';
import { orderedTask } from '../protocol/task-order.ts';
import { type TaskHost, type TaskRequest, taskError } from '../runtime/index.ts';
import type { Shutdown } from './shutdown.ts';

export interface LocalHost {
  readonly prefix: string;
  readonly world: HandlerWorld;
  readonly engine: Engine;
  readonly taskDefinition: (name: string) => TaskDefinition | undefined;
  /** Called before a leaf starts that was not staged. */
  readonly beforeUnstaged: () => Promise<void>;
  readonly objects: ObjectLookup;
  readonly claims: string;
  /** Daemons that have ended, by node. */
  readonly endedDaemons: Map<string, Outcome>;
  readonly onLog?: (line: LogLine) => void;
  /** Runs the same machine with another input; resolves to its output or rejects with a TaskError. */
  readonly startExecution: (request: TaskRequest, input: JsonValue) => Promise<JsonValue>;
  /** Told about every task that begins and ends. */
  readonly onActivity: (change: 1 | -1) => void;
  readonly shutdown: Shutdown;
}

const LAMBDA = 'arn:aws:states:::lambda:invoke';
const RUN_TASK = 'arn:aws:states:::ecs:runTask';
const START = 'arn:aws:states:::states:startExecution';
const STOP_TASK = 'arn:aws:states:::aws-sdk:ecs:stopTask';

export function localTaskHost(host: LocalHost): TaskHost {
  return {
    async run(request) {
      const counts = !request.resource.startsWith(START);
      if (counts) host.onActivity(1);
      try {
        return await dispatch(host, request);
      } finally {
        if (counts) host.onActivity(-1);
      }
    },
  };
}

async function dispatch(host: LocalHost, request: TaskRequest): Promise<JsonValue> {
  const { resource } = request;
  const given = request.arguments as JsonObject;
  if (resource.startsWith(LAMBDA)) return await invoke(host, given);
  if (resource.startsWith(RUN_TASK))
    return await runTask(host, request, given as unknown as RunTaskArguments);
  if (resource.startsWith(START)) return await host.startExecution(request, given['Input'] ?? {});
  if (resource === STOP_TASK) {
    const task = String(given['Task']);
    const before = host.endedDaemons.get(task);
    await host.engine.stop(task);
    // One that had ended before by itself had failed, whatever its exit code (trap 51).
    return before === undefined
      ? {}
      : ({ ...before, phase: 'Failed', daemoned: null, exited: true } as unknown as JsonValue);
  }
  throw taskError('States.Runtime', `no local counterpart of ${resource}`);
}

async function invoke(host: LocalHost, given: JsonObject): Promise<JsonValue> {
  const name = String(given['FunctionName']).slice(host.prefix.length);
  const handler = handlers[name];
  if (handler === undefined) throw taskError('Lambda.ResourceNotFoundException', `no function ${name}`);
  try {
    const payload = await handler((given['Payload'] ?? {}) as JsonObject, host.world);
    return { ExecutedVersion: '$LATEST', StatusCode: 200, Payload: payload };
  } catch (thrown) {
    if (isSuspendedError(thrown)) throw taskError(thrown.name, thrown.message);
    if (!isToldError(thrown)) throw taskError('Lambda.Unknown', messageOf(thrown));
    throw taskError(thrown.error, JSON.stringify(thrown.told));
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}

async function runTask(host: LocalHost, request: TaskRequest, given: RunTaskArguments): Promise<JsonValue> {
  const { node, order } = orderedTask(given);
  if (order === undefined) throw taskError('ECS.ClientException', `the task of ${node} has no order`);
  const definition = host.taskDefinition(given.TaskDefinition);
  if (definition === undefined)
    throw taskError('ECS.ClientException', `no task definition ${given.TaskDefinition}`);
  if (order.kind === 'template') {
    // What was staged has been refused or held there.
    if (host.shutdown.refuses(node)) throw stoppedError(host, node);
    if (isHeld(await host.world.orders(order.request.run.name))) throw suspended();
    await host.beforeUnstaged();
  }
  const leaf = host.shutdown.leaf(node, request.signal);
  try {
    const outcome = await host.engine.runTask({
      spec: { ...(await taskSpecOf(order, host.world)), node },
      arguments: given,
      taskDefinition: definition,
      ...(request.taskToken === undefined ? {} : { taskToken: request.taskToken }),
      signal: leaf.signal,
      blobs: host.world.blobs,
      now: host.world.now,
      objects: host.objects,
      claims: host.claims,
      onDaemonEnd: (ended) => void host.endedDaemons.set(ended.node, ended),
      ...(host.onLog === undefined ? {} : { onLog: host.onLog }),
    });
    return outcome as unknown as JsonValue;
  } catch (thrown) {
    if (leaf.isStopped()) throw stoppedError(host, node);
    if (isTaskFailure(thrown)) throw taskError(thrown.error, thrown.cause);
    if (isToldError(thrown)) throw taskError(thrown.error, JSON.stringify(thrown.told));
    throw thrown;
  } finally {
    leaf.release();
  }
}

function suspended() {
  const { name, message } = suspendedError();
  return taskError(name, message);
}

function stoppedError(host: LocalHost, node: string) {
  return taskError(ARGO_FAILED, JSON.stringify(host.shutdown.outcome(node, host.world.now())));
}
