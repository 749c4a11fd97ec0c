/** Lowers one task of a DAG: its `depends`, its evaluation, its call, its hooks. */
import { isLooped } from '../../evaluate/loop.ts';
import { batchesAmong } from './batch-size.ts';
import { ANSWER, evaluate, globalsOf, originOf, scopeOf } from './body.ts';
import { condition } from './condition.ts';
import { type DagPlan, outcomeAt, type Place } from './dag-plan.ts';
import { dependsTest, OMITTED } from './depends.ts';
import { idleOf, lowerIdleHooks } from './idle.ts';
import { lowerMember } from './member.ts';
import { stateName, variableName } from './names.ts';
import { catchAll, caughtOutcome } from './outcome.ts';
import type { Step } from './plan.ts';
import { limited, lowerAdmitted } from './slot.ts';
import { canStart, lowerStart, startOfMember, unstagedAmong } from './start.ts';
import { concat, type Value, variable } from './value.ts';

export function lowerTask(plan: DagPlan, name: string, place: Place): readonly Step[] {
  const { body } = plan;
  const task = plan.tasks.get(name);
  if (task === undefined) return [];
  const path = [...body.path, name];
  const answer = variableName('member', path);
  const known = plan.needs(name).flatMap((one) => {
    const held = place.held.get(one);
    return held === undefined ? [] : [[one, held] as const];
  });
  const globals = globalsOf(body, () => [...place.held.values()]);
  const node = concat(body.node, `.${name}`);
  const outcome = outcomeAt(body.path, name, place.level);
  const lookup = (one: string) => plan.tasks.get(one);
  // Only the handler knows the tasks before a target that is known at run time.
  const isOpen = body.template.template.dag?.target?.includes('{{') === true;
  const test = isOpen ? null : dependsTest(task, lookup, (one) => place.held.get(one));
  // Where slots are scarce, all tasks take the same way to them, so that they come in order.
  const isFoldable = test !== null && !limited(body.template.template);
  const folded = isFoldable ? plan.fold(task) : undefined;
  const isConditional = test === null || Boolean(task.when) || isLooped(task);
  const idle = idleOf(plan, name);
  const marksIdle = idle.named.length + idle.exit.length > 0;
  const site = { node, outcome, known, globals, isConditional };
  const member = (evaluated: Value) => lowerMember(body, task, { ...site, evaluated, marksIdle });
  const request = {
    op: 'task',
    task: name,
    scope: scopeOf(body, known, globals),
    ...(test === null ? {} : { dependsMet: true }),
  };
  const start = { node, outcome, globals, ask: request, isConditional };
  const done = `${stateName(path)} uncalled`;
  const work =
    folded !== undefined
      ? member(folded)
      : canStart(body, task)
        ? lowerStart(startOfMember(body, task, start))
        : [
            evaluate(body, {
              role: 'arguments',
              path,
              member: name,
              request: {
                ...request,
                conditional: isConditional,
                ...unstagedAmong(body, [task]),
                ...batchesAmong(body, [task]),
              },
              assign: { [answer]: ANSWER },
              catch: catchAll(
                { [outcome]: { ...caughtOutcome(node), ...(marksIdle && { idle: true }) } },
                done,
              ),
            }),
            ...member(variable(answer)),
            { kind: 'label' as const, label: done },
          ];
  const started: readonly Step[] =
    test === undefined || test === null
      ? work
      : [
          {
            kind: 'choice',
            name: stateName(path, 'depends'),
            origin: originOf(body, name),
            comment: `depends: ${task.depends ?? (task.dependencies ?? []).join(' && ')}`,
            rules: [{ condition: condition(test), steps: work }],
            otherwise: {
              assign: {
                [outcome]: { node, phase: 'Omitted', message: OMITTED, ...(marksIdle && { idle: true }) },
              },
            },
          },
        ];
  const hooks = lowerIdleHooks(body, task, path, { ...site, evaluated: null }, idle);
  return lowerAdmitted(body, { path, member: name, node, outcome }, [...started, ...hooks]);
}
