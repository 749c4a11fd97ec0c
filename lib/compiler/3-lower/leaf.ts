/** Lowers a leaf: `stage` renders and places its task, `run` runs it. */
import { templateType } from '../../argo/template.ts';
import type { BundleTemplate } from '../../evaluate/bundle.ts';
import type { UnstagedLeaf } from '../../evaluate/leaf/unstaged.ts';
import type { Inputs } from '../../protocol/outcome.ts';
import {
  INIT_CONTAINER,
  NODE_ENV,
  TASK_ENV,
  TASK_TOKEN_ENV,
  type TaskDefinition,
  WAIT_CONTAINER,
} from '../../protocol/run-task.ts';
import { ANSWER, ENTERED, INVOKE_RETRY, invoke, type Lowering, RUN } from './body.ts';
import { type CallSite, outerOf } from './call.ts';
import { heldWhenSuspended } from './held.ts';
import { stateName, variableName } from './names.ts';
import { catchInto } from './outcome.ts';
import type { Step, TaskStep } from './plan.ts';
import { isOnEks, runJob } from './run-job.ts';
import {
  expression,
  isExpressionValue,
  isLiteral,
  member,
  plainOf,
  textOf,
  type Value,
  variable,
} from './value.ts';

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

/** Bytes of outputs that an outcome may carry through the machine. */
export const INLINE_BYTES = 4096;

/** A function waits for a condition as long as it may, then asks to be called again (lib/handlers/resource.ts). */
const STILL_WAITING = {
  ErrorEquals: ['Argo.Waiting'],
  IntervalSeconds: 1,
  MaxAttempts: 99_999_999,
  BackoffRate: 1,
};

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
    inlineBytes: INLINE_BYTES,
    now: ENTERED,
  };
}

export function lowerLeaf(site: LeafSite, template: BundleTemplate): readonly Step[] {
  const type = templateType(template.template);
  const caught = (goto?: string) => (site.throws ? [] : catchInto(site.outcome, site.node, goto));
  const origin = { template: template.id, ...(site.member === undefined ? {} : { member: site.member }) };
  const held = heldWhenSuspended(site.lowering, stateName(site.path, 'held'), origin);
  if (type === 'http' || type === 'data' || type === 'resource' || type === 'plugin') {
    const handler = type === 'plugin' ? 'resource' : type;
    const step = invoke(site.lowering, {
      name: stateName(site.path),
      origin,
      handler,
      payload: stageRequest(site, template),
      assign: { [site.outcome]: expression(ANSWER.text, { phases: ['Succeeded'] }) },
    });
    const retry = handler === 'resource' ? { retry: [...INVOKE_RETRY, STILL_WAITING] } : {};
    return [{ ...step, ...retry, catch: [held, ...caught()] }];
  }
  const isDaemon = template.template.daemon === true;
  const unstaged = lowerUnstaged(site, template);
  // The task itself sees that the run is suspended (lib/handlers/task-spec.ts).
  if (unstaged !== undefined)
    return [{ ...runTask({ ...site, isDaemon }, unstaged, origin), catch: [held, ...caught()] }];
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
    { ...stage, catch: [held, ...caught(done)] },
    ...(site.lowering.options.resume === true ? [skipWhenDone(site, staged, origin, done)] : []),
    { ...runTask({ ...site, isDaemon }, stagedTask(staged), origin), catch: caught() },
    { kind: 'label', label: done },
  ];
}

/** A node that counts as done is answered for by its stage. */
function skipWhenDone(site: LeafSite, staged: string, origin: TaskStep['origin'], done: string): Step {
  return {
    kind: 'choice',
    name: stateName(site.path, 'done before?'),
    origin,
    rules: [
      {
        condition: expression(`$${staged}.kind = "done"`),
        assign: { [site.outcome]: member(variable(staged), 'outcome') },
        goto: done,
      },
    ],
    otherwise: {},
  };
}

/** Which task runs, and what its `init` is told. */
export interface Task {
  readonly taskDefinition: Value;
  readonly order: Value;
  readonly definition?: TaskDefinition;
  /** The variable with what `stage` answered. */
  readonly staged?: string;
}

/** What `stage` answered. */
export function stagedTask(staged: string): Task {
  const task = variable(staged);
  return { taskDefinition: member(task, 'taskDefinition'), order: member(task, 'key'), staged };
}

/** The task of a leaf that needs no stage: `init` makes its spec itself (lib/evaluate/leaf/unstaged.ts). */
function lowerUnstaged(site: LeafSite, template: BundleTemplate): Task | undefined {
  const { bundle } = site.lowering;
  const literal = isLiteral(site.inputs) ? [plainOf(site.inputs) as Inputs] : undefined;
  const inputs = site.possibleInputs ?? literal;
  if (inputs === undefined && !site.isOrdered) return undefined;
  if (site.attempt?.lastRetry !== undefined) return undefined;
  const leaf = unstagedOf(site.lowering, template, inputs, site.attempt !== undefined);
  if (leaf === undefined) return undefined;
  const fields = leaf.fields.map((name) => `"${name}": ${name}`).join(', ');
  const order = {
    machine: bundle.id,
    template: template.id,
    node: site.node,
    inputs: site.inputs,
    run: expression(`${RUN.text}.{${fields}}`),
    retries: site.attempt?.retries,
    startedAt: site.startedAt,
    exit: site.exit === undefined ? undefined : isExiting(site.exit),
    captureResult: site.capture,
    inlineBytes: INLINE_BYTES,
    now: ENTERED,
  };
  const text = `$string(${textOf(order)})`;
  const ready = site.isOrdered && isExpressionValue(site.call) ? member(site.call, 'task') : undefined;
  return {
    taskDefinition: leaf.definition.family,
    order: expression(ready === undefined ? text : `$exists(${ready.text}) ? ${ready.text} : ${text}`),
    definition: leaf.definition,
  };
}

/** Only that it is part of an exit handler; what that may know of the run's end, its text does not read. */
function isExiting(exit: Value): Value {
  const known = '{"status": "", "failures": "", "duration": ""}';
  return expression(`$type(${textOf(exit)}) = "object" ? ${known} : null`);
}

/** What is known of a leaf that need not be staged, whatever its inputs where they are not given. */
export function unstagedOf(
  { bundle, options, unstaged }: Lowering,
  template: BundleTemplate,
  inputs: readonly Inputs[] | undefined,
  isRetried: boolean,
): UnstagedLeaf | undefined {
  // A run that is shut down from the start is told by `stage`.
  if (options.isStaged || bundle.spec.shutdown !== undefined) return undefined;
  return unstaged({ template: template.id, inputs, isRetried });
}

/** The state that runs a task. */
export function runTask(
  site: Pick<LeafSite, 'lowering' | 'node' | 'outcome' | 'path'> & { readonly isDaemon: boolean },
  task: Task,
  origin: TaskStep['origin'],
): TaskStep {
  if (task.staged !== undefined && isOnEks(site.lowering, origin)) return runJob(site, task.staged, origin);
  return {
    kind: 'task',
    name: stateName(site.path),
    origin,
    resource: RUN_TASK,
    arguments: {
      Cluster: `${site.lowering.options.prefix}cluster`,
      TaskDefinition: task.taskDefinition,
      LaunchType: 'FARGATE',
      Overrides: {
        ContainerOverrides: [
          {
            Name: INIT_CONTAINER,
            Environment: [
              { Name: TASK_ENV, Value: task.order },
              { Name: NODE_ENV, Value: site.node },
            ],
          },
          { Name: WAIT_CONTAINER, Environment: [{ Name: TASK_TOKEN_ENV, Value: TOKEN }] },
        ],
      },
    },
    ...(task.definition && { taskDefinition: task.definition }),
    // A daemon answers when it is ready, and goes on.
    assign: {
      [site.outcome]: expression('$states.result', {
        phases: site.isDaemon ? ['Running', 'Succeeded'] : ['Succeeded'],
      }),
    },
    retry: RUN_TASK_RETRY,
  };
}
