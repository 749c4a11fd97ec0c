/** Lowers a leaf: `stage` renders and places its task, `run` runs it. */
import { templateType } from '../../argo/template.ts';
import type { BundleTemplate } from '../../evaluate/bundle.ts';
import { NODE_ENV, TASK_SPEC_ENV, TASK_TOKEN_ENV } from '../../protocol/run-task.ts';
import { ANSWER, ENTERED, invoke, RUN } from './body.ts';
import { type CallSite, outerOf } from './call.ts';
import { stateName, variableName } from './names.ts';
import { catchInto } from './outcome.ts';
import type { Step, TaskStep } from './plan.ts';
import { expression, member, type Value, variable } from './value.ts';

const RUN_TASK = 'arn:aws:states:::ecs:runTask.sync';
const TOKEN = expression('$states.context.Task.Token');

/** Retries of what AWS itself may lack for a moment; apart from Argo's retries and their counts. */
const RUN_TASK_RETRY = [
  {
    ErrorEquals: ['ECS.AmazonECSException', 'ECS.ThrottlingException', 'ECS.ServerException'],
    IntervalSeconds: 5,
    MaxAttempts: 8,
    BackoffRate: 2,
    MaxDelaySeconds: 120,
    JitterStrategy: 'FULL' as const,
  },
];

export interface LeafSite extends CallSite {
  /** The enclosing Parallel retries, so errors must leave the branch. */
  readonly throws?: boolean;
}

export function stageRequest(site: LeafSite, template: BundleTemplate): Value {
  return {
    op: 'stage',
    machine: site.lowering.bundle.id,
    template: template.id,
    node: site.node,
    inputs: site.inputs,
    run: RUN,
    globals: site.lowering.hasGlobals ? [...site.globals] : [],
    exit: site.exit,
    retries: site.attempt?.retries,
    lastRetry: site.attempt?.lastRetry,
    firstStartedAt: site.attempt?.firstStartedAt,
    outer: outerOf(site, template),
    startedAt: site.startedAt,
    captureResult: site.capture,
    inlineBytes: 4096,
    now: ENTERED,
  };
}

export function lowerLeaf(site: LeafSite, template: BundleTemplate): readonly Step[] {
  const type = templateType(template.template);
  const failure = (goto?: string) => (site.throws ? {} : { catch: catchInto(site.outcome, site.node, goto) });
  const origin = { template: template.id, ...(site.member === undefined ? {} : { member: site.member }) };
  if (type === 'http' || type === 'data' || type === 'resource' || type === 'plugin') {
    const handler = type === 'plugin' ? 'resource' : type;
    const step = invoke(site.lowering, {
      name: stateName(site.path),
      origin,
      handler,
      payload: stageRequest(site, template),
      assign: { [site.outcome]: ANSWER },
    });
    return [{ ...step, ...failure() }];
  }
  const staged = variableName('task', site.path);
  const done = `${stateName(site.path)} done`;
  const stage = invoke(site.lowering, {
    name: stateName(site.path, 'stage'),
    origin,
    handler: 'stage',
    payload: stageRequest(site, template),
    assign: { [staged]: ANSWER },
    output: expression('$states.input'),
  });
  return [
    { ...stage, ...failure(done) },
    { ...runTask(site, staged, origin), ...failure() },
    { kind: 'label', label: done },
  ];
}

/** The state that runs what `stage` made ready. */
export function runTask(
  site: Pick<LeafSite, 'lowering' | 'node' | 'outcome' | 'path'>,
  staged: string,
  origin: TaskStep['origin'],
): TaskStep {
  const task = variable(staged);
  const environment = [
    { Name: TASK_SPEC_ENV, Value: member(task, 'key') },
    { Name: NODE_ENV, Value: site.node },
  ];
  return {
    kind: 'task',
    name: stateName(site.path),
    origin,
    resource: RUN_TASK,
    arguments: {
      Cluster: `${site.lowering.options.prefix}cluster`,
      TaskDefinition: member(task, 'taskDefinition'),
      LaunchType: 'FARGATE',
      Overrides: {
        ContainerOverrides: [
          { Name: 'init', Environment: environment },
          { Name: 'wait', Environment: [...environment, { Name: TASK_TOKEN_ENV, Value: TOKEN }] },
        ],
      },
    },
    assign: { [site.outcome]: expression('$states.result') },
    retry: RUN_TASK_RETRY,
  };
}
