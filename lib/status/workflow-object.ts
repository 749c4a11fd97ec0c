/** The state of a run as Argo's Workflow object, so that tools made for Argo read it. */
import { nodeId } from '../argo/node-id.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import type { Inputs, Outputs } from '../protocol/outcome.ts';
import type { Node } from './node.ts';
import { progressOf, runProgress } from './progress.ts';
import type { RunStatus } from './status.ts';

export interface WorkflowIdentity {
  readonly name: string;
  readonly generateName?: string;
  readonly namespace: string;
  readonly uid: string;
  /** RFC 3339. */
  readonly creationTimestamp: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: JsonObject;
}

/** `status` of a node, as `pkg/apis/workflow/v1alpha1` NodeStatus writes it. */
export interface NodeObject {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly type: string;
  readonly templateName?: string;
  readonly templateRef?: { readonly name: string; readonly template: string; readonly clusterScope?: true };
  readonly templateScope?: string;
  readonly phase: string;
  readonly boundaryID?: string;
  readonly message?: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly progress?: string;
  readonly podIP?: string;
  readonly daemoned?: true;
  readonly inputs?: JsonObject;
  readonly outputs?: JsonObject;
  readonly children?: readonly string[];
  readonly outboundNodes?: readonly string[];
  readonly nodeFlag?: { readonly hooked?: true; readonly retried?: true };
  readonly memoizationStatus?: { readonly hit: boolean; readonly key: string; readonly cacheName: string };
}

export interface WorkflowObject {
  readonly apiVersion: 'argoproj.io/v1alpha1';
  readonly kind: 'Workflow';
  readonly metadata: {
    readonly name: string;
    readonly generateName?: string;
    readonly namespace: string;
    readonly uid: string;
    readonly creationTimestamp: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: JsonObject;
  readonly status: {
    readonly phase: string;
    readonly message?: string;
    readonly startedAt: string | null;
    readonly finishedAt: string | null;
    readonly progress: string;
    readonly nodes: Readonly<Record<string, NodeObject>>;
    readonly outputs?: JsonObject;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** The spec as Argo would have changed it: with what was said to the run since it was created. */
export function specUnder(
  spec: JsonObject,
  orders: { readonly suspended?: boolean; readonly shutdown?: string },
): JsonObject {
  const { suspend: _suspend, ...rest } = spec;
  return {
    ...rest,
    ...(orders.suspended ? { suspend: true } : {}),
    ...(orders.shutdown === undefined ? {} : { shutdown: orders.shutdown }),
  };
}

const ENDED = new Set(['Succeeded', 'Failed', 'Error']);

export function workflowObject(identity: WorkflowIdentity, status: RunStatus): WorkflowObject {
  const { name, generateName, namespace, uid, creationTimestamp, annotations, spec } = identity;
  const ended = ENDED.has(status.phase);
  const labels = {
    ...identity.labels,
    ...(ended ? { 'workflows.argoproj.io/completed': 'true' } : {}),
    'workflows.argoproj.io/phase': status.phase,
  };
  const outputs = outputsObject(status.globals);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: {
      name,
      ...(generateName === undefined ? {} : { generateName }),
      namespace,
      uid,
      creationTimestamp,
      labels,
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec,
    status: {
      phase: status.phase,
      ...(status.message ? { message: status.message } : {}),
      startedAt: seconds(status.startedAt),
      finishedAt: seconds(status.finishedAt),
      progress: runProgress(status.nodes),
      nodes: nodeObjects(status, name),
      ...(outputs === undefined ? {} : { outputs }),
      ...(ended ? { conditions: [{ type: 'Completed', status: 'True' }] } : {}),
    },
  };
}

function nodeObjects(status: RunStatus, workflow: string): Readonly<Record<string, NodeObject>> {
  const objects: Record<string, NodeObject> = {};
  for (const node of status.nodes.values()) {
    const object = nodeObject(node, workflow, progressOf(node, status.nodes));
    objects[object.id] = object;
  }
  return objects;
}

function nodeObject(node: Node, workflow: string, progress: string | undefined): NodeObject {
  const ids = (names: readonly string[]) => names.map((name) => nodeId(workflow, name));
  const inputs = inputsObject(node.inputs);
  const outputs = outputsObject(node.outputs);
  return {
    id: nodeId(workflow, node.name),
    name: node.name,
    displayName: node.displayName,
    type: node.type,
    ...(node.templateName === undefined ? {} : { templateName: node.templateName }),
    ...(node.templateRef === undefined ? {} : { templateRef: node.templateRef }),
    ...(node.templateScope === undefined ? {} : { templateScope: node.templateScope }),
    phase: node.phase,
    ...(node.boundary === undefined ? {} : { boundaryID: nodeId(workflow, node.boundary) }),
    ...(node.message === undefined ? {} : { message: node.message }),
    startedAt: seconds(node.startedAt),
    finishedAt: seconds(node.finishedAt),
    ...(progress === undefined ? {} : { progress }),
    ...(node.ip === undefined ? {} : { podIP: node.ip }),
    ...(node.daemoned ? { daemoned: true as const } : {}),
    ...(inputs === undefined ? {} : { inputs }),
    ...(outputs === undefined ? {} : { outputs }),
    ...(node.children.length === 0 ? {} : { children: ids(node.children) }),
    ...(node.outbound.length === 0 ? {} : { outboundNodes: ids(node.outbound) }),
    ...(node.hooked || node.retried
      ? {
          nodeFlag: {
            ...(node.hooked ? { hooked: true as const } : {}),
            ...(node.retried ? { retried: true as const } : {}),
          },
        }
      : {}),
    ...(node.memoization === undefined ? {} : { memoizationStatus: node.memoization }),
  };
}

/** Argo's times have whole seconds. */
function seconds(time: string | undefined): string | null {
  return time ? `${time.slice(0, 19)}Z` : null;
}

function inputsObject(inputs: Inputs | undefined): JsonObject | undefined {
  return nonEmpty({ ...parametersOf(inputs?.parameters), ...artifactsOf(inputs?.artifacts) });
}

function outputsObject(outputs: Outputs | undefined): JsonObject | undefined {
  return nonEmpty({
    ...parametersOf(outputs?.parameters),
    ...artifactsOf(outputs?.artifacts),
    ...(outputs?.result === undefined ? {} : { result: outputs.result }),
    ...(outputs?.exitCode === undefined ? {} : { exitCode: outputs.exitCode }),
  });
}

function parametersOf(parameters: Readonly<Record<string, string>> | undefined): JsonObject {
  const list = Object.entries(parameters ?? {}).map(([name, value]) => ({ name, value }));
  return list.length === 0 ? {} : { parameters: list };
}

function artifactsOf(artifacts: Outputs['artifacts']): JsonObject {
  const list = Object.entries(artifacts ?? {}).map(([name, artifact]) => ({ ...artifact, name }));
  return list.length === 0 ? {} : { artifacts: list as readonly JsonValue[] as JsonValue };
}

function nonEmpty(object: JsonObject): JsonObject | undefined {
  return Object.keys(object).length === 0 ? undefined : object;
}
