/** Lowers lifecycle hooks of steps and tasks: `exit` once the node ended, others when their expression comes true. */
import type { Invocation } from '../../argo/invocation.ts';
import { ANSWER, type Body, evaluate, originOf, scopeOf } from './body.ts';
import { hooksOf } from './bundle.ts';
import type { CallSite } from './call.ts';
import { all, condition, not, phaseIn } from './condition.ts';
import { field, type MemberSite } from './member.ts';
import { type Path, stateName, variableName } from './names.ts';
import { NOT_STARTED, spoiltByHook } from './outcome.ts';
import type { Assignments, Step } from './plan.ts';
import { lowerSlottedCall } from './slot.ts';
import { isUnstaged } from './start.ts';
import {
  concat,
  expression,
  isExpressionValue,
  member,
  optional,
  type Test,
  textOf,
  type Value,
  variable,
} from './value.ts';

const RUNNING = { phase: 'Running' };

/** The call followed (and, for hooks on `Running`, accompanied) by the hooks of the member. */
export function lowerHooked(
  body: Body,
  invocation: Invocation,
  path: Path,
  site: MemberSite,
  call: (outcome: string) => readonly Step[],
): readonly Step[] {
  const hooks = hooksOf(invocation);
  const named = Object.keys(hooks).filter((name) => name !== 'exit');
  const work =
    named.length === 0 ? call(site.outcome) : lowerNamed(body, invocation, path, site, call, named);
  if (hooks['exit'] === undefined) return work;
  const over = all([
    phaseIn(site.outcome, ['Succeeded', 'Failed', 'Error']),
    ...(site.isItem ? [isOfLoop(site)] : []),
  ]);
  // Named hooks are asked first, and where one cannot be, the exit handler is not (executeDAGTask, executeStepGroup).
  const spoilt = spoiltByHook({ outcome: site.outcome, isLoop: false });
  const ended = condition(named.length === 0 ? over : all([over, not(spoilt)]));
  return [
    ...work,
    {
      kind: 'choice',
      name: stateName([...path, site.isGroup ? 'group onExit' : 'onExit'], 'ended?'),
      origin: originOf(body, invocation.name),
      rules: [
        {
          condition: ended,
          steps: lowerHook(body, invocation, path, site, {
            hook: 'exit',
            suffix: 'onExit',
            outcome: variable(site.outcome),
            role: undefined,
            isGroup: site.isGroup,
          }),
        },
      ],
      otherwise: {},
    },
  ];
}

function isOfLoop({ evaluated }: MemberSite): Test {
  return { kind: 'text', text: `$exists(${textOf(field(evaluated, 'item'))})` };
}

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
function faultOf(body: Body, hooks: string): string {
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
function keepsEnd(body: Body, invocation: Invocation, site: MemberSite): boolean {
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

function hookPath(path: Path, site: HookSite): Path {
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

function askHook(
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

function hookOutcome(where: Path): string {
  return variableName('hooked', where);
}

/** Named hooks: asked while the node runs, and once more after it ended if they had not fired. */
function lowerNamed(
  body: Body,
  invocation: Invocation,
  path: Path,
  site: MemberSite,
  call: (outcome: string) => readonly Step[],
  names: readonly string[],
): readonly Step[] {
  const name = invocation.name ?? '';
  const fired = variableName('fired', path);
  const inner = variableName('work', path);
  const branches = [
    [...call(inner), passOut(body, path, name, 'ended', variable(inner))],
    ...names.map((hook) => {
      const hookSite = {
        hook,
        suffix: `hooks.${hook}`,
        outcome: RUNNING,
        role: 'running',
        isGroup: site.isGroup,
      };
      const where = hookPath(path, hookSite);
      const answer = variableName('hook', where);
      const told = (role: string, kept: string): readonly Step[] => {
        const output = expression(`{"asked": $${answer}.kind, "kept": ${kept}}`);
        return [passOut(body, [...path, `hooks.${hook}`], name, role, output)];
      };
      const idle = told('running', `$${answer}.outcome`);
      // The way past a hook that has not run reads no outcome of it, since nothing on it assigns one.
      return keepsEnd(body, invocation, site)
        ? askHook(body, invocation, path, site, hookSite, {
            ran: told('has run', `$${hookOutcome(where)}`),
            idle,
          })
        : [...askHook(body, invocation, path, site, hookSite, { ran: [] }), ...idle];
    }),
  ];
  const after = names.map((hook, index) => ({
    kind: 'choice' as const,
    name: stateName([...path, `hooks.${hook}`], 'fired?'),
    origin: originOf(body, name),
    rules: [{ condition: expression(`$${fired}[${index}]`) }],
    otherwise: {
      steps: lowerHook(body, invocation, path, site, {
        hook,
        suffix: `hooks.${hook}`,
        outcome: variable(site.outcome),
        role: undefined,
        isGroup: site.isGroup,
      }),
    },
  }));
  return [
    {
      kind: 'parallel',
      name: stateName(path, 'with hooks'),
      origin: originOf(body, name),
      branches,
      assign: {
        [site.outcome]: expression(
          `$merge([$states.result[0], {"hooks": [$states.result[0].hooks, $states.result.kept]}${faultOf(body, '$states.result.kept')}])`,
        ),
        [fired]: expression(
          `[${names.map((_, index) => `$states.result[${index + 1}].asked != "none"`).join(', ')}]`,
        ),
      },
    },
    ...after,
  ];
}

function passOut(body: Body, path: Path, member: string, role: string, output: Value): Step {
  return { kind: 'pass', name: stateName(path, role), origin: originOf(body, member), output };
}
