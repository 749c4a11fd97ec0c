/** Lowers lifecycle hooks of steps and tasks: `exit` once the node ended, others when their expression comes true. */
import type { Invocation } from '../../argo/invocation.ts';
import { type Body, originOf } from './body.ts';
import { hooksOf } from './bundle.ts';
import { all, condition, not, phaseIn } from './condition.ts';
import { lowerHook } from './hook.ts';
import { field, type MemberSite } from './member.ts';
import { lowerNamed } from './named-hooks.ts';
import { type Path, stateName } from './names.ts';
import { spoiltByHook } from './outcome.ts';
import type { Step } from './plan.ts';
import { type Test, textOf, variable } from './value.ts';

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
