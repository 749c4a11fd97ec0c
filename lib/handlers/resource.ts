/** The resource handler: acts on an object of the cluster, waits for its conditions, reads its outputs. */
import { nodeId } from '../argo/node-id.ts';
import { templateType } from '../argo/template.ts';
import { endedOutcome } from '../evaluate/leaf/leaf-outcome.ts';
import { refusalOf } from '../evaluate/leaf/refused-leaf.ts';
import type { StageRequest } from '../evaluate/requests.ts';
import {
  isReadFromObject,
  noMoreRetries,
  outputOf,
  type ResourceOperation,
  renderResource,
  resourceFailure,
  resourceSuccess,
} from '../evaluate/resource/render-resource.ts';
import { resourceOutcome } from '../expression/go/kubernetes/resource-condition.ts';
import { GoError } from '../expression/go-error.ts';
import { isConnectionError } from '../kubernetes/api.ts';
import { discover, objectPath, typeOfObject } from '../kubernetes/discovery.ts';
import { type Kubectl, runKubectl } from '../kubernetes/kubectl.ts';
import { isKubectlError, isSuccess, messageOf, serverError } from '../kubernetes/status-error.ts';
import { blobJson, nodeKey } from '../protocol/blob-store.ts';
import type { JsonValue } from '../protocol/json.ts';
import type { Outcome } from '../protocol/outcome.ts';
import { heedSuspension, refuseWhenStopped } from './heed-orders.ts';
import { stageRequestFrom } from './make-ready.ts';
import { doneBefore, spill } from './outputs.ts';
import { type Cluster, type Handler, type HandlerWorld, outcomeError } from './world.ts';

/** The name of the error with which a call asks to be called again. */
const WAITING = 'Argo.Waiting';

/** RESOURCE_STATE_CHECK_INTERVAL (cmd/argoexec/executor/init.go). */
const POLL_MS = 5_000;

export const resource: Handler = async (payload, world) => {
  const request = stageRequestFrom(payload);
  const earlier = await doneBefore(request, world);
  if (earlier !== undefined) return earlier;
  const bundle = await world.bundle(String(payload['machine']));
  const template = bundle.templates[request.template]?.template;
  const type = template && templateType(template);
  const { cluster } = world;
  if (type !== 'resource' || cluster === undefined) {
    const message = refusalOf(type) ?? 'this template cannot run here';
    throw outcomeError({ node: request.node, phase: 'Error', message });
  }
  const operation = renderResource(bundle, request);
  if (operation.kind === 'done') throw outcomeError(operation.outcome);
  const key = nodeKey(request.run.name, nodeId(request.run.name, request.node), 'resource.json');
  const site: Site = { request, operation, world, cluster, key, shutdown: bundle.spec.shutdown };
  const outcome = await perform(site);
  await world.blobs.delete(key);
  if (outcome.phase !== 'Succeeded') throw outcomeError(outcome);
  return (await spill(outcome, world.blobs)) as unknown as JsonValue;
};

interface Site {
  readonly request: StageRequest;
  readonly operation: ResourceOperation;
  readonly world: HandlerWorld;
  readonly cluster: Cluster;
  /** Where it is written what was made, for the call that goes on waiting. */
  readonly key: string;
  readonly shutdown: string | undefined;
}

/** Which object the command answered; null when it answered none. */
type Answered = { readonly path: string } | null;

async function perform(site: Site): Promise<Outcome> {
  const { request, operation, world } = site;
  const now = () => new Date(world.now()).toISOString();
  try {
    const answered = (await before(site)) ?? { object: await execute(site) };
    if (operation.action === 'delete') return resourceSuccess(request, [], {}, now());
    if (answered.object !== null && hasConditions(operation)) {
      const end = await wait(site, answered.object.path);
      if (end !== undefined) return end;
    }
    return resourceSuccess(request, operation.outputs, await outputsOf(site, answered.object), now());
  } catch (thrown) {
    if (thrown instanceof GoError || isKubectlError(thrown) || isConnectionError(thrown))
      return resourceFailure(request, thrown.message, now());
    throw thrown;
  }
}

/** What an earlier call of the same state has made, which only waits any more. */
async function before({ world, key }: Site): Promise<{ readonly object: Answered } | undefined> {
  return await blobJson(world.blobs, key);
}

async function execute(site: Site): Promise<Answered> {
  const { request, operation, world, cluster, key, shutdown } = site;
  refuseWhenStopped(request, await heedSuspension(request.run.name, world), shutdown);
  const { action, manifestFrom, mergeStrategy, flags } = operation;
  const manifest = manifestFrom === undefined ? operation.manifest : await world.artifactText(manifestFrom);
  if (manifest === '' && flags.args.length === 0 && !flags.all)
    throw new GoError('Must provide at least one of flags or manifest.');
  const file = manifestFrom?.path;
  const answers = await patiently(world, async () => {
    const kubectl = await kubectlOf(world, cluster, request);
    const command = {
      action,
      manifest,
      flags,
      ...(mergeStrategy && { mergeStrategy }),
      ...(file && { file }),
    };
    const objects = await runKubectl(kubectl, command);
    return { kubectl, objects };
  });
  const object = action === 'delete' ? null : identityOf(answers.kubectl, answers.objects);
  await world.blobs.put(key, JSON.stringify({ object }));
  return object;
}

async function kubectlOf(world: HandlerWorld, cluster: Cluster, { run }: StageRequest): Promise<Kubectl> {
  const { api } = cluster;
  const defaultNamespace = cluster.namespace ?? run.namespace;
  return { api, types: await discover(api), defaultNamespace, readYaml: world.readYaml, sleep: world.sleep };
}

/** `k8s.io/client-go/util/retry` DefaultBackoff, for what util/errors takes for a passing trouble. */
const MOST_TRIES = 4;
const FIRST_PAUSE_MS = 10;

async function patiently<T>(world: HandlerWorld, act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (isTransient(error) && attempt < MOST_TRIES) {
        await world.sleep(FIRST_PAUSE_MS * 5 ** attempt);
        continue;
      }
      if (isKubectlError(error) || isConnectionError(error)) throw new GoError(noMoreRetries(error.message));
      throw error;
    }
  }
}

function isTransient(error: unknown): boolean {
  if (isConnectionError(error)) return true;
  return (
    isKubectlError(error) &&
    /etcdserver: (leader changed|request timed out|too many requests)/.test(error.message)
  );
}

function identityOf({ types, defaultNamespace }: Kubectl, objects: readonly string[]): Answered {
  const [only, ...others] = objects;
  if (only === undefined) return null;
  if (others.length > 0) throw new GoError("invalid character '{' after top-level value");
  const {
    apiVersion = '',
    kind = '',
    metadata,
  } = JSON.parse(only) as {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly metadata?: { readonly name?: string; readonly namespace?: string };
  };
  const name = metadata?.name ?? '';
  const type = typeOfObject(types, apiVersion, kind);
  if (name === '' || type === undefined)
    throw new GoError(
      'Kind and name are both required but at least one of them is missing from the manifest',
    );
  return { path: objectPath(type, metadata?.namespace ?? defaultNamespace, name) };
}

function hasConditions({ conditions }: ResourceOperation): boolean {
  return Boolean(conditions.successCondition ?? conditions.failureCondition);
}

/** Looks at the object until a condition decides; undefined when the success condition holds. */
async function wait(site: Site, path: string): Promise<Outcome | undefined> {
  const { request, operation, world, cluster } = site;
  const began = world.now();
  const now = () => new Date(world.now()).toISOString();
  for (;;) {
    const state = await stateOf(site, path);
    if (state !== undefined)
      return state.kind === 'succeeded' ? undefined : resourceFailure(request, state.message, now());
    refuseWhenStopped(request, await world.orders(request.run.name), site.shutdown);
    const { deadline, deadlineMessage: message = '' } = operation;
    if (deadline !== undefined && world.now() >= deadline) {
      const startedAt = request.startedAt ?? request.now;
      return endedOutcome({ node: request.node, phase: 'Failed', message, startedAt, now: now() });
    }
    if (cluster.patienceMs !== undefined && world.now() - began + POLL_MS > cluster.patienceMs)
      throw Object.assign(new Error(`waiting for ${path}`), { name: WAITING });
    const left = deadline === undefined ? POLL_MS : Math.min(POLL_MS, Math.max(1, deadline - world.now()));
    await world.sleep(left);
  }
}

type State = { readonly kind: 'succeeded' } | { readonly kind: 'failed'; readonly message: string };

const DELETED = 'The resource has been deleted while its status was still being checked. Will not be retried';
/** apierrors IsTooManyRequests, IsServerTimeout, IsTimeout, IsServiceUnavailable. */
const PASSING: ReadonlySet<number> = new Set([429, 500, 503, 504]);

async function stateOf({ operation, cluster }: Site, path: string): Promise<State | undefined> {
  let response: Awaited<ReturnType<Cluster['api']>>;
  try {
    response = await cluster.api({ method: 'GET', path });
  } catch (error) {
    if (isConnectionError(error)) return undefined;
    throw error;
  }
  if (response.status === 404) return { kind: 'failed', message: `${DELETED}: ${messageOf(response)}` };
  if (PASSING.has(response.status)) return undefined;
  if (!isSuccess(response)) return { kind: 'failed', message: messageOf(response) };
  const state = resourceOutcome(operation.conditions, response.body);
  if (state.kind === 'waiting') return undefined;
  return state.kind === 'succeeded' ? state : { kind: 'failed', message: state.message };
}

/** The object is read again, since it has changed while it was waited for. */
async function outputsOf(site: Site, object: Answered): Promise<Readonly<Record<string, string>>> {
  const { operation, cluster } = site;
  const values: Record<string, string> = {};
  const wanted = operation.outputs.filter(({ valueFrom }) => valueFrom !== undefined);
  if (wanted.length === 0) return values;
  const json = object === null ? undefined : await readObject(cluster, object.path);
  for (const parameter of wanted) {
    if (json === undefined) values[parameter.name] = parameter.valueFrom?.default ?? '';
    else if (isReadFromObject(parameter)) values[parameter.name] = outputOf(parameter, json);
  }
  return values;
}

async function readObject({ api }: Cluster, path: string): Promise<string> {
  const response = await api({ method: 'GET', path });
  if (!isSuccess(response)) throw serverError(response);
  return response.body;
}
