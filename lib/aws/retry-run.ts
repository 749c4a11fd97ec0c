/** Tries a run again that has ended, or repeats it under another name: a new execution in which what is done is not done again. */
import { emitFitted } from '../compiler/4-emit/fit.ts';
import type { StateOrigin } from '../compiler/compile.ts';
import type { Bundle } from '../evaluate/bundle.ts';
import { failure, type Result, success } from '../evaluate/leaf/result.ts';
import type { RunContext } from '../evaluate/requests.ts';
import { withOutputs } from '../handlers/outputs.ts';
import { runContextOf } from '../local/run-context.ts';
import { runOrdersKey } from '../protocol/blob-store.ts';
import { type Earlier, earlierOf, repeatedOf } from '../status/earlier.ts';
import type { Facts } from '../status/read-facts.ts';
import { retryNodes } from '../status/retry-nodes.ts';
import { factsOf } from '../status/status.ts';
import { type WorkflowObject, workflowObject } from '../status/workflow-object.ts';
import type { AwsWorld } from './aws-world.ts';
import { keepEarlier } from './earlier-runs.ts';
import { ensureMachine, readOrigins } from './machines.ts';
import type { RunRecord } from './run-index.ts';
import { executionName, type RunNames } from './run-names.ts';
import { readRun } from './run-status.ts';
import { runStore } from './s3-blob-store.ts';
import { startExecution } from './start-run.ts';

/** The fields of Argo's WorkflowRetryRequest, with parameters read. */
export interface RetryRequest {
  readonly uid: string;
  readonly restartSuccessful: boolean;
  readonly nodeFieldSelector?: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** `names`: of the request, always the same ones however often it arrives. */
export async function retryRun(
  world: AwsWorld,
  request: RetryRequest,
  names: RunNames,
): Promise<Result<RunRecord>> {
  const record = await world.runs.get(request.uid);
  if (record === undefined) return failure(`there is no run ${request.uid}`);
  const name = executionName(record.name, names.hash);
  if (record.executionName === name) return success(await startExecution(world, record));
  if (record.earlierExecutions?.some((one) => one.endsWith(`:${name}`))) return success(record);
  if (record.finishedAt === undefined) return failure(`Cannot retry a workflow in phase ${record.phase}`);
  const { workflow, facts } = await lookAt(world, record);
  const { restartSuccessful, nodeFieldSelector, parameters } = request;
  const nodes = retryNodes(workflow, {
    restartSuccessful,
    hasParameters: Object.keys(parameters).length > 0,
    ...(nodeFieldSelector && { nodeFieldSelector }),
  });
  if (!nodes.ok) return failure(nodes.error);
  const bundle = await world.bundle(record.bundle);
  const earlier = await kept(world, record.uid, names, earlierOf(facts, workflow, nodes.kept));
  const machineArn = await resumingMachine(world, record, bundle);
  // Slots that were refused since a sibling had failed are free again; and what was said to it is past.
  await world.locks.forgetRun(record.uid);
  await world.blobs.delete(runOrdersKey(record.uid));
  const started = timesOf(world, bundle);
  const run = { ...record.run, parameters: overridden(record.run, parameters), ...started, earlier };
  const isMine = await world.runs.reopen(record, { run, machineArn, executionName: name });
  const reopened = await world.runs.get(record.uid);
  if (reopened === undefined) return failure(`${record.name} was deleted`);
  if (!isMine && reopened.executionName !== name) return failure(`${record.name} is tried again already`);
  return success(await startExecution(world, reopened));
}

export interface ResubmitRequest {
  readonly uid: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** `argo resubmit --memoized`. */
export async function repeatRun(
  world: AwsWorld,
  request: ResubmitRequest,
  names: RunNames,
): Promise<Result<RunRecord>> {
  const before = await world.runs.get(names.uid);
  if (before !== undefined) return success(await startExecution(world, before));
  const record = await world.runs.get(request.uid);
  if (record === undefined) return failure(`there is no run ${request.uid}`);
  if (record.phase !== 'Failed' && record.phase !== 'Error')
    return failure('workflow must be Failed/Error to resubmit in memoized mode');
  const generateName = record.generateName ?? `${record.name}-`;
  const name = `${generateName}${names.suffix}`;
  const { workflow, facts } = await lookAt(world, record);
  const blobs = runStore(world.blobs, record.uid);
  for (const fact of facts.values()) if (fact.outcome) fact.outcome = await withOutputs(fact.outcome, blobs);
  const bundle = await world.bundle(record.bundle);
  const earlier = await kept(world, names.uid, names, repeatedOf(facts, workflow, name));
  const machineArn = await resumingMachine(world, record, bundle);
  const { spec } = bundle;
  const { run: old, source } = record;
  const own = runContextOf({
    name,
    namespace: old.namespace,
    uid: names.uid,
    now: world.clients.now(),
    metadata: { labels: { ...old.labels, [RESUBMITTED]: record.name }, annotations: old.annotations },
    spec,
    arguments: spec.arguments ?? {},
    parameters: {},
  });
  const parameters = overridden(old, request.parameters);
  const claimed = await world.runs.claim({
    run: { ...own, parameters, artifacts: old.artifacts, earlier },
    generateName,
    machineArn,
    executionName: executionName(name, names.hash),
    bundle: record.bundle,
    source,
  });
  return success(await startExecution(world, claimed.record));
}

export const RESUBMITTED = 'workflows.argoproj.io/resubmitted-from-workflow';

interface Look {
  readonly workflow: WorkflowObject;
  readonly facts: Facts;
}

async function lookAt(world: AwsWorld, record: RunRecord): Promise<Look> {
  const { status, history, earlier } = await readRun({ ...world.clients, ...world }, record);
  const { name, namespace, uid, creationTimestamp, labels, annotations } = record.run;
  const identity = { name, namespace, uid, creationTimestamp, labels, annotations, spec: {} };
  const { childHistory, events } = history;
  return {
    workflow: workflowObject(identity, { ...status, phase: record.phase }),
    facts: factsOf(events, { childHistory, ...(earlier && { earlier }) }),
  };
}

async function kept(world: AwsWorld, uid: string, { hash }: RunNames, earlier: Earlier): Promise<string> {
  const key = `runs/${uid}/earlier/${hash}`;
  await keepEarlier(world.blobs, key, earlier);
  return key;
}

/** States keep the places in the YAML that they had. */
async function resumingMachine(world: AwsWorld, record: RunRecord, bundle: Bundle): Promise<string> {
  const known = await readOrigins(world, record.machineArn);
  const keyOf = ({ template, member = '' }: StateOrigin) => `${template}\n${member}`;
  const places = new Map(Object.values(known).map((origin) => [keyOf(origin), origin]));
  const placed = (origin: StateOrigin) => ({ ...origin, ...places.get(keyOf(origin)) });
  const options = { prefix: world.environment.prefix, isStaged: true, resume: true };
  const { origins, ...emitted } = emitFitted(bundle, options, (origin) => {
    const { file, line, template, member } = placed(origin);
    const what = member === undefined ? template : `${template}.${member}`;
    return file === undefined ? what : `${file}:${line} ${what}`;
  });
  const all = Object.fromEntries(Object.entries(origins).map(([state, origin]) => [state, placed(origin)]));
  return await ensureMachine(world, { ...emitted, bundle, origins: all }, record.generateName ?? record.name);
}

/** Its time begins anew, as its deadline does. */
function timesOf({ clients }: AwsWorld, { spec }: Bundle): Pick<RunContext, 'deadline'> {
  const seconds = spec.activeDeadlineSeconds;
  return seconds === undefined ? {} : { deadline: clients.now() + seconds * 1000 };
}

function overridden(run: RunContext, given: Readonly<Record<string, string>>): RunContext['parameters'] {
  const left = new Map(Object.entries(given));
  const known = run.parameters.map((one) => {
    const value = left.get(one.name);
    left.delete(one.name);
    return value === undefined ? one : { ...one, value };
  });
  return [...known, ...[...left].map(([name, value]) => ({ name, value }))];
}
