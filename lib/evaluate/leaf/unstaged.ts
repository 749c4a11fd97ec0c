/**
 * Leaves that no function has to look at before they run: all that their text reads is known when the machine is made, or
 * is short and at hand when the task starts.
 */
import type { JsonObject } from '../../protocol/json.ts';
import type { Inputs } from '../../protocol/outcome.ts';
import type { TaskDefinition } from '../../protocol/run-task.ts';
import type { Unstaged } from '../../protocol/task-order.ts';
import type { Bundle } from '../bundle.ts';
import { mentionsOf } from '../mentions.ts';
import type { RunContext, StageRequest } from '../requests.ts';
import type { YamlReader } from './pod-spec-patch.ts';
import { podTree, type RenderedLeaf, renderLeaf } from './render-leaf.ts';

/** The fields of a run that are always short. */
export const SHORT_FIELDS = [
  'name',
  'namespace',
  'uid',
  'serviceAccountName',
  'mainEntrypoint',
  'creationTimestamp',
  'scheduledTime',
  'priority',
  'deadline',
] as const satisfies readonly (keyof RunContext)[];

const SHORT_NAMES: ReadonlySet<string> = new Set([
  ...SHORT_FIELDS.filter((name) => name !== 'deadline').map((name) => `workflow.${name}`),
  'node.name',
  'pod.name',
  'steps.name',
  'tasks.name',
  'retries',
]);

/** Of the 8,192 characters that overrides may have, token and node names need the most (ECS RunTask). */
const MOST_INPUTS = 3_000;

/** Quotes are escaped once more where the order stands in an environment. */
export function isLongOrder(inputs: Inputs): boolean {
  return JSON.stringify(JSON.stringify(inputs)).length > MOST_INPUTS;
}

/** What the leaf is called with: one of these, each known now. */
export interface UnstagedSite {
  readonly template: string;
  /** Absent: they are known only in the run. */
  readonly inputs: readonly Inputs[] | undefined;
  readonly isRetried: boolean;
}

export interface UnstagedLeaf {
  /** The definition of its task, which is the same whatever run and node it is for. */
  readonly definition: TaskDefinition;
  /** What it reads of the run. */
  readonly fields: readonly (keyof RunContext)[];
}

/** Undefined where the leaf has to be staged. */
export function unstagedLeaf(
  bundle: Bundle,
  site: UnstagedSite,
  readYaml: YamlReader,
): UnstagedLeaf | undefined {
  const names = namesRead(bundle, site.template);
  const definition = names && definitionOf(bundle, site, readYaml);
  if (names === undefined || definition === undefined) return undefined;
  const isRead = (field: string) =>
    names.some((name) => name === `workflow.${field}` || name.startsWith(`workflow.${field}.`));
  const always: readonly string[] = ['name', 'namespace', 'uid'];
  const isNeeded = (field: string) =>
    always.includes(field) ||
    (field === 'deadline' ? bundle.spec.activeDeadlineSeconds !== undefined : isRead(field));
  return { definition, fields: SHORT_FIELDS.filter(isNeeded) };
}

function definitionOf(bundle: Bundle, site: UnstagedSite, readYaml: YamlReader): TaskDefinition | undefined {
  let found: TaskDefinition | undefined;
  for (const inputs of site.inputs ?? probeInputs(bundle, site.template)) {
    if (isLongOrder(inputs)) return undefined;
    for (const probe of PROBES) {
      const rendered = renderLeaf(bundle, probeRequest(site, inputs, probe), readYaml);
      // The pod of a Job is made by its stage.
      if (rendered.kind !== 'run' || rendered.taskDefinition.unplaceable !== undefined) return undefined;
      if (found !== undefined && found.family !== rendered.taskDefinition.family) return undefined;
      found = rendered.taskDefinition;
    }
  }
  return found;
}

/** The names that the leaf's text reads, if all of them are short ones. */
function namesRead(bundle: Bundle, template: string): readonly string[] | undefined {
  const entry = bundle.templates[template];
  // An inline template is text of its caller, and reads what that does.
  if (entry === undefined || entry.name === '') return undefined;
  const { retryStrategy: _retry, memoize: _memo, synchronization: _locks, ...own } = entry.template;
  const { names, expressions, isOpen } = mentionsOf(
    podTree(bundle.spec, own, () => null),
    bundle.spec.archiveLogs,
  );
  const isShort = (name: string) =>
    SHORT_NAMES.has(name) ||
    name.startsWith('workflow.creationTimestamp.') ||
    /^inputs\.(parameters|artifacts)\.[^.]+(\.path)?$/.test(name) ||
    /^outputs\.(parameters|artifacts)\.[^.]+\.path$/.test(name);
  return !isOpen && expressions.length === 0 && names.every(isShort) ? names : undefined;
}

/** Two runs that have nothing in common: what comes out alike for both depends on neither. */
const PROBES = ['a', 'b'] as const;

/** Inputs that have nothing in common: a definition that depends on one differs between them, or cannot be made. */
function probeInputs(bundle: Bundle, template: string): readonly Inputs[] {
  const { parameters = [], artifacts = [] } = bundle.templates[template]?.template.inputs ?? {};
  if (parameters.length + artifacts.length === 0) return [{}];
  return PROBES.map((probe) => ({
    parameters: Object.fromEntries(parameters.map(({ name }) => [name, `${probe}-${name}`])),
    artifacts: Object.fromEntries(artifacts.map(({ name }) => [name, { name, raw: { data: probe } }])),
  }));
}

function probeRequest(site: UnstagedSite, inputs: Inputs, probe: string): StageRequest {
  const time = probe === 'a' ? '2030-01-01T00:00:00Z' : '2031-12-31T23:59:59Z';
  const run: RunContext = {
    ...ABSENT,
    name: `probe-${probe}`,
    namespace: probe,
    uid: probe,
    serviceAccountName: probe,
    mainEntrypoint: probe,
    creationTimestamp: time,
  };
  return {
    op: 'stage',
    template: site.template,
    node: `probe-${probe}.${probe}`,
    inputs,
    run,
    globals: {},
    ...(site.isRetried && { retries: probe === 'a' ? 0 : 1 }),
    captureResult: false,
    inlineBytes: 0,
    now: time,
  };
}

/** What its text does not read. */
const ABSENT: Omit<RunContext, 'name' | 'namespace' | 'uid'> = {
  serviceAccountName: '',
  mainEntrypoint: '',
  creationTimestamp: '1970-01-01T00:00:00Z',
  parameters: [],
  artifacts: [],
  labels: {},
  annotations: {},
};

/** The leaf of an order, where it is about to run. */
export function renderUnstaged(bundle: Bundle, order: Unstaged, readYaml: YamlReader): RenderedLeaf {
  const given = Object.fromEntries(Object.entries(order).filter(([, value]) => value !== null)) as JsonObject;
  const request = { globals: {}, ...given, op: 'stage' } as unknown as StageRequest;
  return renderLeaf(bundle, { ...request, run: { ...ABSENT, ...request.run } }, readYaml);
}
