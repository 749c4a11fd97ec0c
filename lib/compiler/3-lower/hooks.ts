/** Lowers lifecycle hooks of steps and tasks: `exit` once the node ended, others when their expression comes true. */
import type { Invocation } from '../../argo/invocation.ts';
import { ANSWER, type Body, evaluate, originOf, scopeOf } from './body.ts';
import { hooksOf } from './bundle.ts';
import { condition, phaseIn } from './condition.ts';
import type { MemberSite } from './member.ts';
import { type Path, stateName, variableName } from './names.ts';
import type { Step } from './plan.ts';
import { lowerSlottedCall } from './slot.ts';
import { concat, expression, isExpressionValue, member, optional, type Value, variable } from './value.ts';

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
  const ended = condition(phaseIn(site.outcome, ['Succeeded', 'Failed', 'Error']));
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

interface HookSite {
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
function lowerHook(
  body: Body,
  invocation: Invocation,
  path: Path,
  site: MemberSite,
  hook: HookSite,
): readonly Step[] {
  const name = invocation.name ?? '';
  const where = hookPath(path, hook);
  const answer = variableName('hook', where);
  const node = concat(site.node, `.${hook.suffix}`);
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
          steps: lowerSlottedCall(
            body,
            {
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
            },
            name,
          ),
        },
      ],
      otherwise: {},
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
      const answer = variableName('hook', hookPath(path, hookSite));
      return [
        ...lowerHook(body, invocation, path, site, hookSite),
        passOut(body, [...path, `hooks.${hook}`], name, 'running', expression(`$${answer}.kind = "call"`)),
      ];
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
        [site.outcome]: expression('$states.result[0]', { branch: [0] }),
        [fired]: expression(`[${names.map((_, index) => `$states.result[${index + 1}]`).join(', ')}]`),
      },
    },
    ...after,
  ];
}

function passOut(body: Body, path: Path, member: string, role: string, output: Value): Step {
  return { kind: 'pass', name: stateName(path, role), origin: originOf(body, member), output };
}
