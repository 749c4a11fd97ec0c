/** All `workflow.*` variables (workflow/controller/operator.go, setGlobalParameters), as flat names. */
import type { Parameter } from '../argo/parameter.ts';
import type { Globals } from '../protocol/outcome.ts';
import type { Bundle } from './bundle.ts';
import { configMapValue } from './config-map.ts';
import { creationTimes } from './creation-time.ts';
import { isFirstPass } from './first-pass.ts';
import { type LabelsFrom, labelsFrom } from './labels-from.ts';
import { parametersJson, textMapJson } from './parameter-json.ts';
import type { RunContext, ScopeData } from './requests.ts';
import type { Scope, ScopeValue } from './scope.ts';
import { expand, plain } from './text.ts';

/** What the variables are made of: a ScopeData or a StageRequest will do. */
export interface GlobalData {
  readonly run: RunContext;
  readonly globals: Globals;
  readonly exit?: ScopeData['exit'];
  readonly now?: string;
  /**
   * The node that is about to start, where the time of its start matters: `workflow.status` is empty at
   * first.
   */
  readonly starts?: string;
}

type Values = Map<string, ScopeValue>;

function setIdentity(values: Values, run: RunContext): void {
  values.set('workflow.name', run.name);
  values.set('workflow.namespace', run.namespace);
  values.set('workflow.uid', run.uid);
  values.set('workflow.serviceAccountName', run.serviceAccountName);
  values.set('workflow.mainEntrypoint', run.mainEntrypoint);
  if (run.scheduledTime !== undefined) values.set('workflow.scheduledTime', run.scheduledTime);
  if (run.priority !== undefined) values.set('workflow.priority', String(run.priority));
  const times = creationTimes(run.creationTimestamp);
  values.set('workflow.creationTimestamp', times.RFC3339 ?? run.creationTimestamp);
  for (const [name, text] of Object.entries(times)) values.set(`workflow.creationTimestamp.${name}`, text);
}

/**
 * The value of an argument of the run: undefined where it has none, which Argo refuses before anything
 * starts.
 */
export function runArgument(bundle: Bundle, parameter: Parameter): string | undefined {
  if (parameter.value !== undefined) return parameter.value;
  const ref = parameter.valueFrom?.configMapKeyRef;
  if (ref === undefined) return undefined;
  const found = configMapValue(bundle, ref.name ?? '', ref.key);
  return found.ok ? found.value : parameter.valueFrom?.default;
}

function setParameters(values: Values, bundle: Bundle, run: RunContext): void {
  const parameters: readonly Parameter[] = run.parameters;
  const json = parametersJson(parameters);
  values.set('workflow.parameters', json);
  values.set('workflow.parameters.json', json);
  for (const parameter of parameters) {
    const value = runArgument(bundle, parameter);
    if (value !== undefined) values.set(`workflow.parameters.${parameter.name}`, value);
  }
}

/**
 * A value that stands in the spec is text of the workflow, whose tags Argo expands where it has been put in;
 * the value of a parameter that was submitted is data.
 */
function expandWritten(values: Values, bundle: Bundle, run: RunContext): void {
  const written = new Map(bundle.spec.arguments?.parameters?.map(({ name, value }) => [name, value]));
  const before: Scope = { values: new Map(values), artifacts: new Map() };
  for (const { name, value } of run.parameters) {
    if (!value?.includes('{{') || written.get(name) !== value) continue;
    const done = expand<string>(value, before, 'none');
    if (done.ok) values.set(`workflow.parameters.${name}`, plain<string>(done.value));
  }
}

/**
 * In the first pass the lists are made before what the spec adds is there (setExecWorkflow), each by its name is not.
 */
function setMetadata(values: Values, bundle: Bundle, run: RunContext, isFirst: boolean): void {
  const metadata = bundle.spec.workflowMetadata;
  for (const [kind, map] of [
    ['labels', run.labels],
    ['annotations', run.annotations],
  ] as const) {
    const added = isFirst ? Object.keys(metadata?.[kind] ?? {}) : [];
    const json = textMapJson(Object.fromEntries(Object.entries(map).filter(([key]) => !added.includes(key))));
    values.set(`workflow.${kind}`, json);
    values.set(`workflow.${kind}.json`, json);
    for (const [name, text] of Object.entries({ ...map, ...metadata?.[kind] })) {
      if (kind === 'labels' && Object.hasOwn(metadata?.labelsFrom ?? {}, name)) continue;
      values.set(`workflow.${kind}.${name}`, kind === 'labels' ? (map[name] ?? text) : text);
    }
  }
}

function setRunState(values: Values, data: GlobalData, isFirst: boolean): void {
  values.set('workflow.status', data.exit?.status ?? (isFirst ? '' : 'Running'));
  if (data.exit !== undefined) {
    values.set('workflow.failures', data.exit.failures);
    values.set('workflow.duration', data.exit.duration);
  } else if (data.now !== undefined) {
    const seconds = (Date.parse(data.now) - Date.parse(data.run.creationTimestamp)) / 1000;
    if (Number.isFinite(seconds)) values.set('workflow.duration', seconds.toFixed(6));
  }
}

/** What `labelsFrom` gives in this run. Its expressions are read once Argo has set the first pass's variables. */
export function labelsFromOf(bundle: Bundle, run: RunContext): LabelsFrom {
  if (bundle.spec.workflowMetadata?.labelsFrom === undefined) return { ok: true, labels: {} };
  const values: Values = new Map();
  setIdentity(values, run);
  setParameters(values, bundle, run);
  setMetadata(values, bundle, run, true);
  return labelsFrom(bundle, { values, artifacts: new Map() });
}

/**
 * Argo itself has these variables only in the first pass (setGlobalParameters leaves them out for an expression that is
 * read no more); here they hold throughout the run.
 */
function setLabelsFrom(values: Values, bundle: Bundle, run: RunContext, isFirst: boolean): void {
  const found = labelsFromOf(bundle, run);
  if (!found.ok) return;
  const { labels } = found;
  if (!isFirst) setMetadata(values, bundle, { ...run, labels: { ...run.labels, ...labels } }, isFirst);
  for (const [name, text] of Object.entries(labels)) values.set(`workflow.labels.${name}`, text);
}

/** Every `workflow.*` variable; `workflow.outputs.artifacts.*` are artifacts of the scope. */
export function globalScope(bundle: Bundle, data: GlobalData): Scope {
  const values: Values = new Map();
  const isFirst = data.starts !== undefined && isFirstPass(bundle, data.run.name, data.starts);
  setIdentity(values, data.run);
  setParameters(values, bundle, data.run);
  setMetadata(values, bundle, data.run, isFirst);
  setLabelsFrom(values, bundle, data.run, isFirst);
  setRunState(values, data, isFirst);
  for (const [name, value] of Object.entries(data.globals.parameters ?? {})) {
    values.set(`workflow.outputs.parameters.${name}`, value);
  }
  expandWritten(values, bundle, data.run);
  const artifacts = Object.entries(data.globals.artifacts ?? {});
  return {
    values,
    artifacts: new Map(artifacts.map(([name, ref]) => [`workflow.outputs.artifacts.${name}`, ref])),
  };
}

/**
 * What the spec outside of templates is read with whenever the controller takes up a run: the variables of its state come
 * only after that (setExecWorkflow), so that an expression which can do without them does.
 */
export function specScope(bundle: Bundle, data: GlobalData): Scope {
  const { values, artifacts } = globalScope(bundle, data);
  const states = ['workflow.status', 'workflow.failures', 'workflow.duration'];
  return { values: new Map([...values].filter(([name]) => !states.includes(name))), artifacts };
}
