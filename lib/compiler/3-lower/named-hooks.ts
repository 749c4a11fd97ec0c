/** Lowers hooks with an expression of a step or task: they go on beside it, and are asked once more after it. */
import type { Invocation } from '../../argo/invocation.ts';
import { type Body, originOf } from './body.ts';
import { askHook, faultOf, hookOutcome, hookPath, keepsEnd, lowerHook } from './hook.ts';
import type { MemberSite } from './member.ts';
import { type Path, stateName, variableName } from './names.ts';
import type { Step } from './plan.ts';
import { expression, type Value, variable } from './value.ts';

const RUNNING = { phase: 'Running' };

/** Named hooks: asked while the node runs, and once more after it ended if they had not fired. */
export function lowerNamed(
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
