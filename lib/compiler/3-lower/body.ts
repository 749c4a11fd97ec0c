/** What a place in the plan knows: where it is, what it may read, and how it asks the evaluate handler. */
import type { Retrier } from '../../asl/state-machine.ts';
import type { Bundle, BundleTemplate } from '../../evaluate/bundle.ts';
import type { UnstagedLeaf, UnstagedSite } from '../../evaluate/leaf/unstaged.ts';
import type { DividedDag } from './dag-parts.ts';
import type { Machines } from './machines.ts';
import type { Path } from './names.ts';
import { stateName } from './names.ts';
import type { Assignments, CatchClause, Origin, TaskStep } from './plan.ts';
import { type Expression, expression, isExpressionValue, textOf, type Value, variable } from './value.ts';

export interface LowerOptions {
  /** Prefix of the names of our functions and cluster. */
  readonly prefix: string;
  /** Every leaf is staged, so that it can be answered in place of a task. @default false */
  readonly isStaged?: boolean;
  /** Templates that an execution of its own may be aimed at, besides those that run as children. @default none */
  readonly targets?: readonly string[];
  /** Characters that a definition may have before parts of the run become machines of their own. @default what AWS takes */
  readonly definitionSize?: number;
  /** The run is tried again: a stage may answer with the outcome that its node had. @default false */
  readonly resume?: boolean;
}

/** What is the same for a whole machine. */
export interface Lowering {
  readonly bundle: Bundle;
  readonly options: LowerOptions;
  /** Whether any template of the run exports a value with `globalName`. */
  readonly hasGlobals: boolean;
  /** Whether any step or task of the run has hooks. */
  readonly hasHooks: boolean;
  /** Whether any step or task of the run is a loop. */
  readonly hasLoops: boolean;
  /** Whether a template may have Succeeded, and yet hand on other phases to what is omitted after it. */
  readonly handsOn: (template: string) => boolean;
  /** Templates that run as child executions of the same machine. */
  readonly isOutlined: (template: string) => boolean;
  readonly machines: Machines;
  /** Of a DAG that is too large for one machine: the parts that its tasks are divided into. */
  readonly dividedDag: (template: string) => DividedDag | undefined;
  /** What is known of a leaf that need not be staged. */
  readonly unstaged: (site: UnstagedSite) => UnstagedLeaf | undefined;
}

/** A template's body at one place of the plan. */
export interface Body {
  readonly lowering: Lowering;
  readonly path: Path;
  readonly template: BundleTemplate;
  /** Argo's node name, as far as known. */
  readonly node: Value;
  readonly inputs: Value;
  /** Globals known when the body starts: a list of Globals objects, last one wins. */
  readonly globals: readonly Value[];
  /** `workflow.status` and the like, in exit handlers. */
  readonly exit?: Value;
  /** In the body of a template that is retried. */
  readonly attempt?: Attempt;
  /** In the body of an inline template: what its text may read of its caller. */
  readonly outer?: Value;
  /** Argo's depth of nested templates. */
  readonly depth: Value;
  /** Members whose stdout is kept as `outputs.result`. */
  readonly captures: ReadonlySet<string>;
}

/** Attempt number and what is known of the attempt before, where something stands under a retryStrategy. */
export interface Attempt {
  readonly retries: Value;
  readonly lastRetry?: Value;
  readonly firstStartedAt?: Value;
}

export const RUN: Expression = expression('$states.context.Execution.Input.workflow');
export const ENTERED: Expression = expression('$states.context.State.EnteredTime');

const INVOKE = 'arn:aws:states:::lambda:invoke';
export const INVOKE_AND_WAIT = `${INVOKE}.waitForTaskToken`;

/** Throttles and losses between Step Functions and Lambda; Argo's own retries never see them. */
export const INVOKE_RETRY: readonly Retrier[] = [
  {
    ErrorEquals: [
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.TooManyRequestsException',
      'Lambda.ClientExecutionTimeoutException',
    ],
    IntervalSeconds: 2,
    MaxAttempts: 6,
    BackoffRate: 2,
    JitterStrategy: 'FULL',
  },
];

/** A call of one of our functions; the answer is `$states.result.Payload`. */
export function invoke(
  lowering: Lowering,
  fields: {
    readonly name: string;
    readonly origin: Origin;
    readonly handler: string;
    readonly payload: Value;
    readonly assign?: Assignments;
    readonly output?: Value;
    readonly catch?: readonly CatchClause[];
    readonly resource?: string;
    readonly timeoutSeconds?: Value;
  },
): TaskStep {
  const { handler, payload, resource, ...rest } = fields;
  return {
    kind: 'task',
    ...rest,
    resource: resource ?? INVOKE,
    arguments: { FunctionName: `${lowering.options.prefix}${handler}`, Payload: payload },
    retry: INVOKE_RETRY,
  };
}

export const ANSWER: Expression = expression('$states.result.Payload');

/** Outcomes by the names of members: in a variable each, or an object that holds them all. */
export type KnownOutcomes = readonly (readonly [name: string, variable: string])[] | Expression;

/** One expression: a variable that was never assigned is left out, where a field of its own would be an error. */
export function knownOutcomes(known: KnownOutcomes): Expression {
  if (isExpressionValue(known)) return known;
  return expression(textOf(Object.fromEntries(known.map(([name, held]) => [name, variable(held)]))));
}

/** The `scope` of a request: what the body knows, and the outcomes of the members that are named. */
export function scopeOf(
  body: Body,
  outcomes: KnownOutcomes,
  globals: Value = globalsOf(body, () =>
    isExpressionValue(outcomes) ? [] : outcomes.map(([, held]) => held),
  ),
): Value {
  return {
    run: RUN,
    inputs: body.inputs,
    outcomes: knownOutcomes(outcomes),
    globals,
    exit: body.exit,
    retries: body.attempt?.retries,
    lastRetry: body.attempt?.lastRetry,
    outer: body.outer,
  };
}

/** Globals at a point where these outcomes are known, as a list; handlers merge it, last finished wins. */
export function globalsOf(body: Body, outcomes: () => readonly string[]): readonly Value[] {
  if (!body.lowering.hasGlobals) return [];
  const held = outcomes();
  const { hasHooks, hasLoops } = body.lowering;
  const hooked = hasHooks ? held.map(exportedByHooks) : [];
  return [...body.globals, ...held.map(hasLoops ? exportedByMember : exportedBy), ...hooked];
}

function exportedByHooks(held: string): Value {
  return expression(`[$${held}.hooks.($exists(globals) ? globals : caught)]`);
}

/** What a node exported; where it failed, that stands in the error that was caught (lib/handlers/scope.ts). */
export function exportedBy(held: string): Value {
  return exported(held, 'null');
}

/** The same of a step or task: what a loop exported stands in the outcomes of its items, or of batches of them. */
function exportedByMember(held: string): Value {
  const later = 'function($a, $b) { $toMillis($a.finishedAt) > $toMillis($b.finishedAt) }';
  const all = `$sort($append($${held}.items, $${held}.batches), ${later})`;
  return exported(held, `[${all}.[globals, caught, hooks.[globals, caught]]]`);
}

function exported(held: string, otherwise: string): Value {
  return expression(
    `$exists($${held}.globals) ? $${held}.globals : $exists($${held}.caught) ? $${held}.caught : ${otherwise}`,
  );
}

/** A question to the evaluate handler about the body's template. */
export function evaluate(
  body: Body,
  fields: {
    readonly role: string;
    readonly path?: Path;
    readonly member?: string;
    readonly request: { readonly op: string; readonly [key: string]: Value | undefined };
    readonly assign: Assignments;
    readonly catch?: readonly CatchClause[];
  },
): TaskStep {
  const { role, path, member, request, assign, catch: caught = [] } = fields;
  return invoke(body.lowering, {
    name: stateName(path ?? body.path, role),
    origin: originOf(body, member),
    handler: 'evaluate',
    payload: { machine: body.lowering.bundle.id, template: body.template.id, node: body.node, ...request },
    assign,
    catch: caught,
  });
}

export function originOf(body: Body, member?: string): Origin {
  return member === undefined ? { template: body.template.id } : { template: body.template.id, member };
}
