/** Which run is meant, and how it stands as Argo's Workflow object. */
import type { RunRecord } from '../../aws/run-index.ts';
import { readRunStatus } from '../../aws/run-status.ts';
import { runStore } from '../../aws/s3-blob-store.ts';
import type { Bundle } from '../../evaluate/bundle.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { loadOutputs } from '../../status/load-outputs.ts';
import type { RunStatus } from '../../status/status.ts';
import { type SetNode, withSuspensions } from '../../status/with-suspensions.ts';
import { specUnder, type WorkflowObject, workflowObject } from '../../status/workflow-object.ts';
import { CliError } from '../exit-code.ts';
import type { Session } from './session.ts';

/** By name, the newest of that name; by uid; or `@latest`. */
export async function findRun(session: Session, name: string): Promise<RunRecord> {
  const found = await findRunIfAny(session, name);
  if (found !== undefined) return found;
  const what = name === '@latest' ? 'there are no runs yet' : `there is no run ${name}`;
  throw new CliError(`${what} in the stack ${session.stack}`, 2, 'argosy list shows those that there are');
}

/** A run that goes on. */
export async function findOpenRun(session: Session, name: string): Promise<RunRecord> {
  const record = await findRun(session, name);
  if (isOver(record)) throw new CliError(`${record.name} does not run: it is ${record.phase}`);
  return record;
}

export async function findRunIfAny(session: Session, name: string): Promise<RunRecord | undefined> {
  const filter = name === '@latest' ? { limit: 1 } : { name, limit: 1 };
  for await (const record of session.runs.list(filter)) return record;
  return name === '@latest' ? undefined : await session.runs.get(name);
}

/** With the tree of its nodes, read from its history. */
export async function currentRun(session: Session, record: RunRecord): Promise<WorkflowObject> {
  const read = await readRunStatus({ ...session.clients, ...session }, record);
  const loaded = await loadOutputs(read, runStore(session.blobs, record.uid));
  const status = isSuspended(loaded) ? withSuspensions(loaded, await settings(session, record)) : loaded;
  const bundle = await session.bundle(record.bundle).catch(() => undefined);
  return runObject(record, status, bundle === undefined ? undefined : specOf(bundle));
}

function isSuspended({ nodes }: RunStatus): boolean {
  return [...nodes.values()].some(({ type, phase }) => type === 'Suspend' && phase === 'Running');
}

async function settings({ suspensions }: Session, { uid }: RunRecord): Promise<readonly SetNode[]> {
  return (await suspensions.list(uid)).map(({ node, task }) => ({ ...(task as unknown as SetNode), node }));
}

/** What the index alone knows. */
export function listedRun(record: RunRecord): WorkflowObject {
  return runObject(record, { phase: record.phase, nodes: new Map(), globals: {} });
}

/** The row has the last word: whoever closed it saw more than the history, such as an exit handler's end. */
export function runObject(record: RunRecord, status: RunStatus, spec: JsonObject = {}): WorkflowObject {
  const { run, finishedAt, message } = record;
  const isClosed = finishedAt !== undefined;
  const { message: _message, ...rest } = status;
  const said = isClosed ? message : status.message;
  return workflowObject(
    {
      name: run.name,
      ...(record.generateName === undefined ? {} : { generateName: record.generateName }),
      namespace: run.namespace,
      uid: run.uid,
      creationTimestamp: run.creationTimestamp,
      labels: run.labels,
      annotations: run.annotations,
      spec: {
        ...specUnder(spec, record),
        ...(run.priority === undefined ? {} : { priority: run.priority }),
        ...(run.serviceAccountName === '' ? {} : { serviceAccountName: run.serviceAccountName }),
        ...argumentsOf(record),
      },
    },
    {
      startedAt: run.creationTimestamp,
      ...rest,
      ...(isClosed ? { phase: record.phase, finishedAt } : {}),
      ...(said === undefined ? {} : { message: said }),
    },
  );
}

/** Those that the run was given: they outweigh those of the spec. */
function argumentsOf({ run }: RunRecord): JsonObject {
  const parameters = run.parameters as unknown as JsonObject[];
  const artifacts = run.artifacts as unknown as JsonObject[];
  if (parameters.length === 0 && artifacts.length === 0) return {};
  return {
    arguments: {
      ...(parameters.length === 0 ? {} : { parameters }),
      ...(artifacts.length === 0 ? {} : { artifacts }),
    },
  };
}

function specOf(bundle: Bundle): JsonObject {
  const own = Object.values(bundle.templates).filter(({ scope, name }) => scope === 'local/' && name !== '');
  return { ...bundle.spec, templates: own.map(({ template }) => template) } as unknown as JsonObject;
}

export function isOver(record: RunRecord): boolean {
  return record.finishedAt !== undefined;
}
