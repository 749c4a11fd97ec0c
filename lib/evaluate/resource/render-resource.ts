/** resource templates: what to do with which object, and what its answer means (workflow/executor/resource.go). */
import type { Parameter } from '../../argo/parameter.ts';
import { GoError } from '../../expression/go-error.ts';
import { jqFilter } from '../../expression/jq/jq.ts';
import { checkJsonPath, kubectlJsonPath } from '../../expression/kubectl/jsonpath.ts';
import type { Outcome } from '../../protocol/outcome.ts';
import type { InputArtifact } from '../../protocol/task-spec.ts';
import type { Bundle } from '../bundle.ts';
import { endedOutcome, errorOutcome } from '../leaf/leaf-outcome.ts';
import { podNameOf, renderPodTree } from '../leaf/leaf-variables.ts';
import { podDeadlines } from '../leaf/pod-deadlines.ts';
import type { Done } from '../leaf/start-leaf.ts';
import { archivePlace, inputArtifacts } from '../leaf/task-artifacts.ts';
import type { StageRequest } from '../requests.ts';
import { ACTIONS, type Action, type KubectlFlags, parseKubectlFlags } from './kubectl-flags.ts';

export interface ResourceOperation {
  readonly kind: 'operate';
  readonly action: Action;
  readonly manifest: string;
  /** The manifest is the text of this artifact. */
  readonly manifestFrom?: InputArtifact;
  readonly mergeStrategy?: string;
  readonly flags: KubectlFlags;
  readonly conditions: { readonly successCondition?: string; readonly failureCondition?: string };
  readonly outputs: readonly Parameter[];
  /** Epoch milliseconds by which it must have ended, and the node's message when it has not. */
  readonly deadline?: number;
  readonly deadlineMessage?: string;
}

/** Kubernetes' own when a pod's `activeDeadlineSeconds` have passed. */
const POD_DEADLINE = 'Pod was active on the node longer than the specified deadline';

export function renderResource(bundle: Bundle, request: StageRequest): ResourceOperation | Done {
  const error = (message: string): Done => ({ kind: 'done', outcome: errorOutcome(request, message) });
  const failed = (message: string): Done => ({
    kind: 'done',
    outcome: resourceFailure(request, message, request.now),
  });
  const entry = bundle.templates[request.template];
  if (!entry) return error(`template ${request.template} not found`);
  const rendered = renderPodTree({ template: entry.template }, bundle, entry, request);
  if (!rendered.ok) return error(rendered.error);
  const { template } = rendered.value;
  const limits = podDeadlines(template, request, entry);
  if (!limits.ok) return error(limits.error);
  if ('phase' in limits.value) {
    const startedAt = request.startedAt ?? request.now;
    const ended = { ...limits.value, node: request.node, startedAt, now: request.now };
    return { kind: 'done', outcome: endedOutcome(ended) };
  }
  const { action = '', manifest = '', manifestFrom, mergeStrategy, flags = [] } = template.resource ?? {};
  const { successCondition, failureCondition } = template.resource ?? {};
  const outputs = template.outputs?.parameters ?? [];
  if (!(ACTIONS as readonly string[]).includes(action))
    return failed(`error: unknown command "${action}" for "kubectl"`);
  if (action === 'delete' && (successCondition || failureCondition || outputs.length > 0))
    return failed('successCondition, failureCondition and outputs are not supported for delete action');
  const place = archivePlace(template, request.run.name, podNameOf(entry, request));
  const artifacts = inputArtifacts(template, request.inputs, place);
  if (!artifacts.ok) return error(artifacts.error);
  const from = artifacts.value.find(({ name }) => name === manifestFrom?.artifact?.name);
  const parsed = attemptFlags(action as Action, flags);
  if (typeof parsed === 'string') return failed(noMoreRetries(parsed));
  const { deadline, deadlineMessage, activeDeadlineSeconds: active } = limits.value;
  const own = active === undefined ? undefined : Date.parse(request.now) + active * 1000;
  const isOwn = own !== undefined && (deadline === undefined || own < deadline);
  return {
    kind: 'operate',
    action: action as Action,
    manifest,
    ...(from !== undefined && { manifestFrom: from }),
    ...(mergeStrategy && { mergeStrategy }),
    flags: parsed,
    conditions: {
      ...(successCondition && { successCondition }),
      ...(failureCondition && { failureCondition }),
    },
    outputs,
    ...((isOwn || deadline !== undefined) && {
      deadline: isOwn ? own : deadline!,
      deadlineMessage: isOwn ? POD_DEADLINE : (deadlineMessage ?? POD_DEADLINE),
    }),
  };
}

function attemptFlags(action: Action, flags: readonly string[]): KubectlFlags | string {
  try {
    return parseKubectlFlags(action, flags);
  } catch (error) {
    if (error instanceof GoError) return error.message;
    throw error;
  }
}

/** Argo's words around whatever kubectl says, also where it tried once only. */
export function noMoreRetries(message: string): string {
  return `no more retries ${message}`;
}

/** Upstream the executor itself runs as main, and ends with its own exit code. */
export function resourceFailure(request: StageRequest, error: string, now: string): Outcome {
  const message = `main: Error (exit code 64): ${error}`;
  const startedAt = request.startedAt ?? request.now;
  return {
    ...endedOutcome({ node: request.node, phase: 'Failed', message, startedAt, now }),
    outputs: { exitCode: '64' },
  };
}

/** Whether the parameter is read from the object; another one keeps the value that it has. */
export function isReadFromObject({ valueFrom }: Parameter): boolean {
  return Boolean(valueFrom?.jsonPath || valueFrom?.jqFilter);
}

/** The value of an output from an object's JSON. Throws GoError with what kubectl or gojq say. */
export function outputOf({ valueFrom }: Parameter, json: string): string {
  const document: unknown = JSON.parse(json);
  const path = valueFrom?.jsonPath;
  if (!path) return jqFilter(valueFrom?.jqFilter ?? '', document);
  try {
    checkJsonPath(path);
  } catch (error) {
    throw new GoError(`error: error parsing jsonpath ${path}, ${(error as Error).message}`);
  }
  try {
    return kubectlJsonPath(path, document);
  } catch (error) {
    const why = `Error executing template: ${(error as Error).message}.`;
    throw new GoError(`error: error executing jsonpath "${path}": ${why}`);
  }
}

export function resourceSuccess(
  request: StageRequest,
  outputs: readonly Parameter[],
  values: Readonly<Record<string, string>>,
  now: string,
): Outcome {
  const exported = Object.fromEntries(
    outputs.flatMap(({ name, globalName }) =>
      globalName && Object.hasOwn(values, name) ? [[globalName, values[name]!] as const] : [],
    ),
  );
  return {
    node: request.node,
    phase: 'Succeeded',
    startedAt: request.startedAt ?? request.now,
    finishedAt: now,
    outputs: { ...(Object.keys(values).length > 0 && { parameters: values }), exitCode: '0' },
    ...(Object.keys(exported).length > 0 && { globals: { parameters: exported } }),
  };
}
