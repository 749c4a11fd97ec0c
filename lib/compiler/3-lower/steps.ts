/** Lowers a steps template: groups in order, the members of a group together. */
import type { Invocation } from '../../argo/invocation.ts';
import { isLooped } from '../../evaluate/loop.ts';
import { GROUP_ERROR } from '../../protocol/outcome.ts';
import { batchesAmong } from './batch-size.ts';
import { ANSWER, type Body, evaluate, globalsOf, originOf, scopeOf } from './body.ts';
import { hasHooks } from './bundle.ts';
import { startOf } from './call.ts';
import { any, condition } from './condition.ts';
import { lowerDaemonEnds } from './daemon.ts';
import { foldGroup } from './fold.ts';
import { field, isConditionalStep, lowerMember } from './member.ts';
import { stateName, variableName } from './names.ts';
import {
  allSucceeded,
  endsPlainly,
  erred,
  failedUnforgiven,
  type Held,
  mayHandOn,
  spoiltByHook,
  succeeded,
} from './outcome.ts';
import type { Step } from './plan.ts';
import { canStart, isNamedInRun, lowerStart, startOfMember, unstagedAmong } from './start.ts';
import { concat, expression, member, type Value, variable } from './value.ts';

type Known = readonly (readonly [name: string, variable: string])[];

export function outcomeVariable(body: Body, name: string): string {
  return variableName('out', [...body.path, name]);
}

export function lowerSteps(body: Body, outcome: string): readonly Step[] {
  const groups = body.template.template.steps ?? [];
  const finish = `${stateName(body.path)} finish`;
  const end = `${stateName(body.path)} end`;
  const reached = variableName('group', body.path);
  const error = variableName('error', body.path);
  const start = { [variableName('start', body.path)]: startOf(body), [error]: null };
  const known: (readonly [string, string])[] = [];
  const steps: Step[] = [
    {
      kind: 'pass',
      name: stateName(body.path, 'start'),
      origin: originOf(body),
      assign: { [reached]: groups.length === 0 ? -1 : 0, ...start },
    },
  ];
  groups.forEach((group, index) => {
    const isLast = index === groups.length - 1;
    const lowered = lowerGroup(body, group, index, { known, finish });
    steps.push(
      ...lowered,
      ...(isLast
        ? judgeLast(body, group, index, { reached, outcome, end })
        : judge(body, group, index, { reached, finish })),
    );
    for (const step of group) known.push([step.name ?? '', outcomeVariable(body, step.name ?? '')]);
  });
  steps.push(
    { kind: 'label', label: finish },
    evaluate(body, {
      role: 'outputs',
      request: {
        op: 'finish',
        scope: scopeOf(body, known),
        startedAt: member(variable(variableName('start', body.path)), 'startedAt'),
        group: variable(reached),
        problem: variable(error),
      },
      assign: { [outcome]: ANSWER },
    }),
    { kind: 'label', label: end },
    ...lowerDaemonEnds(body, known),
  );
  return steps;
}

function lowerGroup(
  body: Body,
  group: readonly Invocation[],
  index: number,
  place: { readonly known: Known; readonly finish: string },
): readonly Step[] {
  const { known, finish } = place;
  const groupPath = [...body.path, `[${index}]`];
  const groupNode = concat(body.node, `[${index}]`);
  const error = variableName('error', body.path);
  const folded = foldGroup(body, index);
  const [only] = group;
  if (folded === undefined && group.length === 1 && only !== undefined && canStart(body, only)) {
    return lowerOnly(body, only, index, place);
  }
  const answer = variableName('members', groupPath);
  const steps: Step[] = [];
  if (folded === undefined) {
    steps.push(
      evaluate(body, {
        role: 'arguments',
        path: groupPath,
        request: {
          op: 'group',
          group: index,
          scope: scopeOf(body, known),
          ...unstagedAmong(body, group),
          ...batchesAmong(body, group),
        },
        assign: { [answer]: ANSWER },
        catch: [
          {
            errors: [GROUP_ERROR],
            assign: { [error]: expression('$states.errorOutput') },
            goto: finish,
          },
        ],
      }),
    );
  }
  const members = group.map((step) => {
    const name = step.name ?? '';
    const found: Value = folded?.[name] ?? member(variable(answer), 'members', name);
    return lowerMember(body, step, {
      node: isNamedInRun(step) ? field(found, 'node') : concat(groupNode, `.${name}`),
      evaluated: found,
      isConditional: isConditionalStep(body, step) || isLooped(step),
      outcome: group.length === 1 ? outcomeVariable(body, name) : branchVariable(body, name),
      known,
      globals: globalsOf(body, () => known.map(([, held]) => held)),
    });
  });
  if (members.length === 1) steps.push(...(members[0] ?? []));
  else if (members.length > 1) {
    steps.push({
      kind: 'parallel',
      name: stateName(groupPath),
      origin: originOf(body),
      branches: members.map((branch, at) => [...branch, answerOf(body, group[at]?.name ?? '')]),
      assign: Object.fromEntries(
        group.map((step, at) => [
          outcomeVariable(body, step.name ?? ''),
          expression(`$states.result[${at}]`, { branch: [at] }),
        ]),
      ),
    });
  }
  return steps;
}

/** A group of one plain leaf is evaluated where the leaf is made ready. */
function lowerOnly(
  body: Body,
  step: Invocation,
  index: number,
  place: { readonly known: Known; readonly finish: string },
): readonly Step[] {
  const error = variableName('error', body.path);
  return lowerStart(
    startOfMember(body, step, {
      node: concat(body.node, `[${index}].${step.name ?? ''}`),
      outcome: outcomeVariable(body, step.name ?? ''),
      globals: globalsOf(body, () => place.known.map(([, held]) => held)),
      ask: { op: 'group', group: index, scope: scopeOf(body, place.known) },
      isConditional: Boolean(step.when),
      onGroupError: { assign: { [error]: expression('$states.errorOutput') }, goto: place.finish },
    }),
  );
}

function heldOf(body: Body, step: Invocation): Held {
  const outcome = outcomeVariable(body, step.name ?? '');
  return { outcome, isLoop: isLooped(step), handsOn: mayHandOn(body, step) };
}

/** Goes on to the next group unless a member failed. */
function judge(
  body: Body,
  group: readonly Invocation[],
  index: number,
  { reached, finish }: { readonly reached: string; readonly finish: string },
): readonly Step[] {
  const failed = group.flatMap((step) => {
    const forgives = { failed: step.continueOn?.failed === true, error: step.continueOn?.error === true };
    const member = heldOf(body, step);
    const hooks = hasHooks(step) ? [spoiltByHook(member)] : [];
    const forgiven = forgives.failed || forgives.error ? [erred(member)] : [];
    return [...hooks, ...[failedUnforgiven(member, forgives) ?? []].flat(), ...forgiven];
  });
  const next = { [reached]: index + 1 };
  const name = stateName([...body.path, `[${index}]`], 'result');
  if (failed.length === 0) return [{ kind: 'pass', name, origin: originOf(body), assign: next }];
  return [
    {
      kind: 'choice',
      name,
      origin: originOf(body),
      rules: [{ condition: condition(any(failed)), goto: finish }],
      otherwise: { assign: next },
    },
  ];
}

/** After the last group, a template without outputs has Succeeded if all of it did; the handler judges all else. */
function judgeLast(
  body: Body,
  group: readonly Invocation[],
  index: number,
  to: { readonly reached: string; readonly outcome: string; readonly end: string },
): readonly Step[] {
  if (!endsPlainly(body) || group.length === 0) return [];
  const members = group.map((step) => heldOf(body, step));
  const [only] = members;
  const last = members.length === 1 && only !== undefined && !only.isLoop ? only.outcome : undefined;
  return [
    {
      kind: 'choice',
      name: stateName([...body.path, `[${index}]`], 'result'),
      origin: originOf(body),
      rules: [
        {
          condition: allSucceeded(members),
          assign: { [to.outcome]: succeeded(body, last) },
          goto: to.end,
        },
      ],
      otherwise: {},
    },
  ];
}

/** Inside a branch a member's outcome needs another name, since inner blocks may not reuse outer variables. */
export function branchVariable(body: Body, name: string): string {
  return variableName('own', [...body.path, name]);
}

/** Ends a branch with a member's outcome. A variable of an inner block is not seen outside. */
export function answerOf(body: Body, name: string): Step {
  return {
    kind: 'pass',
    name: stateName([...body.path, name], 'outcome'),
    origin: originOf(body, name),
    output: variable(branchVariable(body, name)),
  };
}
