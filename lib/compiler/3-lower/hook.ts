/** Lowers one lifecycle hook of a step or task: whether it fires, its run, and what that leaves behind. */
import type { Invocation } from '../../argo/invocation.ts';
import { ANSWER, type Body, evaluate, originOf, scopeOf } from './body.ts';
import type { CallSite } from './call.ts';
import type { MemberSite } from './member.ts';
import { type Path, stateName, variableName } from './names.ts';
import { NOT_STARTED } from './outcome.ts';
import type { Assignments, Step } from './plan.ts';
import { lowerSlottedCall } from './slot.ts';
import { isUnstaged } from './start.ts';
import { concat, expression, isExpressionValue, member, optional, type Value, variable } from './value.ts';

/**
 * What a hook leaves behind with its node: values that it exported, phases for what follows on it, and that it could not
 * be started, which in steps is a fault of the group, and in a DAG one of the task.
 */
function keptWith(
  body: Body,
  invocation: Invocation,
  site: MemberSite,
  hook: HookSite,
  kept: string,
): Assignments {
  const out = `$${site.outcome}`;
  const hangs = hook.hook === 'exit' && isRetried(body, invocation) && site.isGroup !== true;
  const ends = hangs ? `, "ends": [${kept}.phase]` : '';
  const fault = hook.hook === 'exit' ? '' : faultOf(body, kept);
  return {
    [site.outcome]: expression(`$merge([${out}, {"hooks": [${out}.hooks, ${kept}]${ends}}${fault}])`),
  };
}

/**
 * A task whose hook cannot be asked is marked Error, whatever it was (executeDAGTask in dag.go); a step keeps its phase,
 * and its group is the one that is marked.
 */
export function faultOf(body: Body, hooks: string): string {
  const fault = `${hooks}[${NOT_STARTED}][0]`;
  return body.template.template.dag === undefined
    ? ''
    : `, $exists(${fault}) ? {"phase": "Error", "message": ${fault}.message} : {}`;
}

function isRetried(body: Body, invocation: Invocation): boolean {
  const id = body.template.calls[invocation.name ?? ''];
  return id === undefined || body.lowering.bundle.templates[id]?.template.retryStrategy !== undefined;
}

/** What follows a group of items, or a retried node, hangs on its hooks as well. */
export function keepsEnd(body: Body, invocation: Invocation, site: MemberSite): boolean {
  return body.lowering.hasGlobals || site.isGroup === true || isRetried(body, invocation);
}

export interface HookSite {
  readonly hook: string;
  readonly suffix: string;
  readonly outcome: Value;
  /** Tells apart the states of a hook that is asked twice. */
  readonly role: string | undefined;
  /** The states of a group's hooks stand beside those of its items'. */
  readonly isGroup?: boolean | undefined;
}

export function hookPath(path: Path, site: HookSite): Path {
  const suffix = site.isGroup ? `group ${site.suffix}` : site.suffix;
  return site.role === undefined ? [...path, suffix] : [...path, suffix, site.role];
}

/** Asks whether the hook fires and runs it; the hook's outcome is not the member's. */
export function lowerHook(
  body: Body,
  invocation: Invocation,
  path: Path,
  site: MemberSite,
  hook: HookSite,
): readonly Step[] {
  const where = hookPath(path, hook);
  const keep = (kept: string) => keptWith(body, invocation, site, hook, kept);
  // A DAG takes no notice of an exit handler that could not be started.
  const spoils = body.template.template.dag === undefined || hook.hook !== 'exit';
  const called = body.template.calls[`${invocation.name}.hooks.${hook.hook}`];
  const keeps = keepsEnd(body, invocation, site) || (spoils && !isUnstaged(body.lowering, called));
  const ran = keeps ? [passOn(body, where, keep(`$${hookOutcome(where)}`))] : [];
  const fault = `$${variableName('hook', where)}.outcome`;
  return askHook(body, invocation, path, site, hook, { ran, ...(spoils && { fault: keep(fault) }) });
}

function passOn(body: Body, where: Path, assign: Assignments): Step {
  return { kind: 'pass', name: stateName(where, 'kept'), origin: originOf(body), assign };
}

interface After {
  /** Once the hook has run. */
  readonly ran: readonly Step[];
  /** When it could not be started. */
  readonly fault?: Assignments;
  /** When it has not run. */
  readonly idle?: readonly Step[];
}

export function askHook(
  body: Body,
  invocation: Invocation,
  path: Path,
  site: MemberSite,
  hook: HookSite,
  after: After,
): readonly Step[] {
  const name = invocation.name ?? '';
  const where = hookPath(path, hook);
  const answer = variableName('hook', where);
  const node = concat(site.node, `.${hook.suffix}`);
  const call: CallSite = {
    lowering: body.lowering,
    path: where,
    template: body.template.calls[`${name}.hooks.${hook.hook}`],
    call: variable(answer),
    node,
    inputs: member(variable(answer), 'inputs'),
    globals: site.globals,
    ...(body.exit === undefined ? {} : { exit: body.exit }),
    depth: body.depth,
    capture: false,
    outcome: hookOutcome(where),
    member: name,
  };
  return [
    evaluate(body, {
      role: 'arguments',
      path: where,
      member: name,
      request: {
        op: 'hook',
        member: name,
        hook: hook.hook,
        node: site.node,
        boundary: body.node,
        outcome: hook.outcome,
        item: isExpressionValue(site.evaluated) ? optional(member(site.evaluated, 'item')) : null,
        scope: scopeOf(body, site.known, site.globals),
      },
      assign: { [answer]: ANSWER },
    }),
    {
      kind: 'choice',
      name: stateName(where, 'fires?'),
      origin: originOf(body, name),
      rules: [
        {
          condition: expression(`$${answer}.kind = "call"`),
          steps: [...lowerSlottedCall(body, call, name), ...after.ran],
        },
        ...(after.fault === undefined
          ? []
          : [{ condition: expression(`$${answer}.kind = "done"`), assign: after.fault }]),
      ],
      otherwise: after.idle === undefined ? {} : { steps: after.idle },
    },
  ];
}

export function hookOutcome(where: Path): string {
  return variableName('hooked', where);
}
