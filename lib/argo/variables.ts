/**
 * Every variable of Argo: its name, where it is visible and what it holds. `docs/variables.md` and
 * `util/variables/keys`.
 */

export type VariableScope =
  | 'global'
  | 'exit-handler'
  | 'any-template'
  | 'pod'
  | 'leaf'
  | 'retry'
  | 'steps'
  | 'dag'
  | 'loop'
  | 'cron'
  | 'metrics'
  | 'http'
  | 'event';

export interface Variable {
  /** `<name>` stands for any name. */
  readonly name: string;
  readonly scope: VariableScope;
  readonly holds: string;
}

const of = (
  scope: VariableScope,
  entries: readonly (readonly [name: string, holds: string])[],
): readonly Variable[] => entries.map(([name, holds]) => ({ name, scope, holds }));

const nodeVariables = (root: 'steps' | 'tasks'): readonly (readonly [string, string])[] => [
  [`${root}.name`, 'name of the template that runs'],
  [`${root}.<name>.id`, 'id of the node'],
  [`${root}.<name>.ip`, 'address of a daemon'],
  [`${root}.<name>.status`, 'phase of the node'],
  [`${root}.<name>.exitCode`, 'exit code of main'],
  [`${root}.<name>.startedAt`, 'when it started'],
  [`${root}.<name>.finishedAt`, 'when it ended'],
  [`${root}.<name>.hostNodeName`, 'machine that it ran on'],
  [`${root}.<name>.outputs.result`, 'what main printed; of a loop, a JSON list'],
  [`${root}.<name>.outputs.parameters`, 'of a loop, a JSON list of maps'],
  [`${root}.<name>.outputs.parameters.<name>`, 'an output parameter; of a loop, a JSON list'],
  [`${root}.<name>.outputs.artifacts.<name>`, 'an output artifact'],
];

export const variables: readonly Variable[] = [
  ...of('global', [
    ['workflow.name', 'name of the run'],
    ['workflow.namespace', 'namespace of the run'],
    ['workflow.uid', 'identity of the run'],
    ['workflow.mainEntrypoint', 'name of the entrypoint'],
    ['workflow.serviceAccountName', 'service account of the run'],
    ['workflow.status', 'phase of the run'],
    ['workflow.priority', 'priority of the run, where it is set'],
    ['workflow.duration', 'seconds since the start'],
    ['workflow.parameters', 'all arguments, as a JSON list'],
    ['workflow.parameters.json', 'all arguments, as a JSON list'],
    ['workflow.parameters.<name>', 'an argument'],
    ['workflow.labels', 'all labels, as JSON'],
    ['workflow.labels.json', 'all labels, as JSON'],
    ['workflow.labels.<name>', 'a label'],
    ['workflow.annotations', 'all annotations, as JSON'],
    ['workflow.annotations.json', 'all annotations, as JSON'],
    ['workflow.annotations.<name>', 'an annotation'],
    ['workflow.outputs.parameters.<name>', 'an output parameter with that globalName'],
    ['workflow.outputs.artifacts.<name>', 'an output artifact with that globalName'],
    ['workflow.creationTimestamp', 'when the run was made'],
    ['workflow.creationTimestamp.<format>', 'when the run was made, by a letter of strftime, RFC3339 or s'],
  ]),
  ...of('exit-handler', [['workflow.failures', 'what failed, as JSON']]),
  ...of('cron', [['workflow.scheduledTime', 'the slot of the schedule']]),
  ...of('any-template', [
    ['inputs.parameters', 'all inputs, as a JSON list'],
    ['inputs.parameters.<name>', 'an input'],
    ['inputs.artifacts.<name>', 'an input artifact'],
    ['node.name', 'name of the node'],
  ]),
  ...of('pod', [['pod.name', 'name of the pod']]),
  ...of('leaf', [
    ['inputs.artifacts.<name>.path', 'where an input artifact lies'],
    ['outputs.artifacts.<name>.path', 'where an output artifact is to be put'],
    ['outputs.parameters.<name>.path', 'where an output parameter is to be put'],
  ]),
  ...of('retry', [
    ['retries', 'number of the attempt, from 0'],
    ['lastRetry.exitCode', 'exit code of the attempt before'],
    ['lastRetry.status', 'phase of the attempt before'],
    ['lastRetry.duration', 'seconds of the attempt before'],
    ['lastRetry.message', 'message of the attempt before'],
  ]),
  ...of('loop', [
    ['item', 'the item of the loop'],
    ['item.<name>', 'a member of an item that is a map'],
  ]),
  ...of('steps', nodeVariables('steps')),
  ...of('dag', nodeVariables('tasks')),
  ...of('metrics', [
    ['duration', 'seconds of the node'],
    ['status', 'phase of the node'],
    ['exitCode', 'exit code of main'],
    ['resourcesDuration.cpu', 'processor time'],
    ['resourcesDuration.memory', 'memory time'],
    ['outputs.result', 'what main printed'],
    ['outputs.parameters.<name>', 'an output parameter'],
  ]),
  ...of('http', [
    ['request.method', 'method of the request'],
    ['request.url', 'address of the request'],
    ['request.body', 'body of the request'],
    ['request.headers', 'headers of the request'],
    ['response.statusCode', 'status code of the response'],
    ['response.body', 'body of the response'],
    ['response.headers', 'headers of the response'],
  ]),
  ...of('cron', [
    ['cronworkflow.name', 'name of the CronWorkflow'],
    ['cronworkflow.namespace', 'namespace of the CronWorkflow'],
    ['cronworkflow.labels.<name>', 'a label of the CronWorkflow'],
    ['cronworkflow.annotations.<name>', 'an annotation of the CronWorkflow'],
    ['cronworkflow.lastScheduledTime', 'the slot before'],
    ['cronworkflow.failed', 'runs that failed'],
    ['cronworkflow.succeeded', 'runs that succeeded'],
  ]),
  ...of('event', [
    ['payload', 'body of the event'],
    ['metadata', 'headers of the event'],
    ['discriminator', 'last part of the address'],
  ]),
];

/** The names of one scope that hold no `<name>`. */
export function fixedVariables(scope: VariableScope): readonly string[] {
  return variables.filter((each) => each.scope === scope && !each.name.includes('<')).map(({ name }) => name);
}

/**
 * The words that a tag must begin with to be taken for a variable (`GlobalVarValidWorkflowVariablePrefix`).
 */
export const variableRoots = [
  'item.',
  'steps.',
  'inputs.',
  'outputs.',
  'pod.',
  'workflow.',
  'tasks.',
] as const;
