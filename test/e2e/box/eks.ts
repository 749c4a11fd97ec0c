/**
 * `eks:runJob` and `eks:call` of Step Functions: Jobs are made in the stand-in for an API server, which checks them
 * by Kubernetes' own schema, and one of our engines runs their pod.
 */
import { type Engine, isTaskFailure } from '../../../lib/engines/engine.ts';
import type { ApiResponse, KubernetesApi } from '../../../lib/kubernetes/api.ts';
import { httpsApi } from '../../../lib/kubernetes/https-api.ts';
import type { BlobStore } from '../../../lib/protocol/blob-store.ts';
import type { JsonObject, JsonValue } from '../../../lib/protocol/json.ts';
import { ARGO_FAILED } from '../../../lib/protocol/outcome.ts';
import { NODE_ANNOTATION, TASK_ANNOTATION, TOKEN_ANNOTATION } from '../../../lib/protocol/run-job.ts';
import {
  NODE_ENV,
  type RunTaskArguments,
  TASK_ENV,
  TASK_TOKEN_ENV,
  type TaskDefinition,
} from '../../../lib/protocol/run-task.ts';
import type { TaskSpec } from '../../../lib/protocol/task-spec.ts';
import { type TaskRequest, type TokenRegistry, taskError } from '../../../lib/runtime/index.ts';
import type { StandIn } from '../../kubernetes/stand-in.ts';

export interface EksSurroundings {
  readonly engine: Engine;
  readonly cluster: StandIn;
  readonly blobs: BlobStore;
  readonly tokens: () => TokenRegistry;
  readonly claims: string;
  /** The answer to the token of the Job's task is lost. */
  readonly isMute?: (job: Job) => boolean;
}

export interface Job extends JsonObject {
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
  readonly spec: JsonObject & { readonly template: JsonObject & { readonly spec: JsonObject } };
}

export interface Eks {
  readonly run: (request: TaskRequest, given: JsonObject) => Promise<JsonValue>;
  readonly call: (given: JsonObject) => Promise<JsonValue>;
}

export function createEks(around: EksSurroundings): Eks {
  const api = httpsApi({ server: around.cluster.url });
  return {
    run: (request, given) => runJob(around, api, request, given),
    call: async (given) => {
      const query = Object.entries((given['QueryParameters'] ?? {}) as Record<string, readonly string[]>);
      const response = await api({
        method: given['Method'] as 'DELETE',
        path: String(given['Path']),
        query: Object.fromEntries(query.map(([name, values]) => [name, values.join(',')])),
      });
      return answered(response);
    },
  };
}

/** As Step Functions words what the API server answers (SFN-DG/connect-eks, Permissions). */
function answered({ status, body }: ApiResponse): JsonObject {
  const answer = { ResponseBody: JSON.parse(body) as JsonValue, StatusCode: status, StatusText: '' };
  if (status >= 300) throw taskError(`EKS.${status}`, JSON.stringify(answer));
  return answer;
}

async function runJob(
  around: EksSurroundings,
  api: KubernetesApi,
  request: TaskRequest,
  given: JsonObject,
): Promise<JsonValue> {
  const namespace = String(given['Namespace'] ?? 'default');
  const job = given['Job'] as Job;
  const collection = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const query = { fieldValidation: 'Strict' };
  const made = answered(await api({ method: 'POST', path: collection, query, body: JSON.stringify(job) }));
  request.submitted(made);
  const path = `${collection}/${job.metadata.name}`;
  const controller = new AbortController();
  const watch = setInterval(() => {
    if (!around.cluster.objects.has(path)) controller.abort(new Error('the Job was deleted'));
  }, 20);
  try {
    const failed = await runPod(around, job, `${namespace}/${job.metadata.name}`, controller.signal);
    const status = endOf(failed, job);
    const kept = around.cluster.objects.get(path);
    if (kept !== undefined) around.cluster.objects.set(path, { ...kept, status });
    if (failed === undefined) return { ...job, status } as JsonObject;
    throw taskError('States.TaskFailed', JSON.stringify({ ...job, status }));
  } finally {
    clearInterval(watch);
  }
}

function endOf(failed: number | undefined, { metadata }: Job): JsonObject {
  if (failed === undefined) return { succeeded: 1, conditions: [{ type: 'Complete', status: 'True' }] };
  const message = `Container wait for pod default/${metadata.name}-x failed with exit code ${failed} matching FailJob rule at index 0`;
  return { failed: 1, conditions: [{ type: 'Failed', status: 'True', reason: 'PodFailurePolicy', message }] };
}

/** Resolves to the exit code of `wait`, or to nothing when all went well. */
async function runPod(
  around: EksSurroundings,
  job: Job,
  name: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { annotations } = job.spec.template['metadata'] as Job['metadata'];
  const token = around.isMute?.(job) ? undefined : annotations[TOKEN_ANNOTATION];
  const key = annotations[TASK_ANNOTATION] ?? '';
  const keep = (outcome: string) => around.blobs.put(key.replace('task.json', 'outcome.json'), outcome);
  let ended: (code: number | undefined) => void = () => undefined;
  const end = new Promise<number | undefined>((resolve) => {
    ended = resolve;
  });
  const spec = JSON.parse(new TextDecoder().decode(await around.blobs.get(key))) as TaskSpec;
  around.engine
    .runTask({
      spec: { ...spec, node: annotations[NODE_ANNOTATION] ?? '' },
      arguments: argumentsOf(annotations, token),
      taskDefinition: definitionOf(job),
      signal,
      blobs: around.blobs,
      now: () => Date.now(),
      objects: async (kind, object) =>
        objectOf(around.cluster, kind === 'secret' ? 'secrets' : 'configmaps', object),
      claims: around.claims,
      onDaemonEnd: ({ phase }) => ended(phase === 'Succeeded' ? undefined : 1),
      ...(token === undefined ? {} : { taskToken: token }),
    })
    .then(
      async (outcome) => {
        const told = outcome.daemoned ? { ...outcome, task: name } : outcome;
        if (!outcome.daemoned) await keep(JSON.stringify(outcome));
        if (token !== undefined) around.tokens().sendTaskSuccess(token, told as unknown as JsonValue);
        if (!outcome.daemoned) ended(undefined);
      },
      async (thrown: unknown) => {
        if (!isTaskFailure(thrown)) return ended(137);
        await keep(thrown.cause);
        if (token !== undefined) around.tokens().sendTaskFailure(token, thrown.error, thrown.cause);
        ended(thrown.error === ARGO_FAILED ? 1 : 2);
      },
    );
  signal.addEventListener('abort', () => {
    around.engine.stop(annotations[NODE_ANNOTATION] ?? '').catch(() => undefined);
    ended(137);
  });
  return await end;
}

/** What ECS would be told, of which the executor makes no difference. */
function argumentsOf(
  annotations: Readonly<Record<string, string>>,
  token: string | undefined,
): RunTaskArguments {
  const Environment = [
    { Name: TASK_ENV, Value: annotations[TASK_ANNOTATION] ?? '' },
    { Name: NODE_ENV, Value: annotations[NODE_ANNOTATION] ?? '' },
  ];
  const told = token === undefined ? [] : [{ Name: TASK_TOKEN_ENV, Value: token }];
  return {
    Cluster: 'eks',
    TaskDefinition: 'job',
    Overrides: {
      ContainerOverrides: [
        { Name: 'init', Environment },
        { Name: 'wait', Environment: [...Environment, ...told] },
      ],
    },
  };
}

/** The pod's containers, for an engine that starts what is defined. */
function definitionOf(job: Job): TaskDefinition {
  const { initContainers, containers } = job.spec.template.spec as {
    readonly initContainers: readonly JsonObject[];
    readonly containers: readonly JsonObject[];
  };
  return {
    family: job.metadata.name,
    containerDefinitions: [...initContainers, ...containers].map((one) => ({
      name: String(one['name']),
      image: String(one['image']),
      essential: one['name'] === 'wait',
    })),
    volumes: [],
    cpu: '256',
    memory: '512',
  };
}

function objectOf(
  cluster: StandIn,
  plural: string,
  name: string,
): Readonly<Record<string, string>> | undefined {
  const found = [...cluster.objects].find(([path]) => path.endsWith(`/${plural}/${name}`))?.[1];
  const data = found?.['data'] as Readonly<Record<string, string>> | undefined;
  if (data === undefined || plural !== 'secrets') return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}
