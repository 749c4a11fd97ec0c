/** Lowers a steps template: groups in order, the members of a group together. */
import type { Invocation } from '../../argo/invocation.ts';
import { assignOnEntry } from './assign-on-entry.ts';
import { ANSWER, type Body, evaluate, globalsOf, originOf, scopeOf } from './body.ts';
import { startOf } from './call.ts';
import { lowerDaemonEnds } from './daemon.ts';
import { foldGroup } from './fold.ts';
import { lowerMember } from './member.ts';
import { stateName, variableName } from './names.ts';
import { failedExpression } from './outcome.ts';
import type { Assignments, Step } from './plan.ts';
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
  const known: (readonly [string, string])[] = [];
  const steps: Step[] = [];
  groups.forEach((group, index) => {
    steps.push(...lowerGroup(body, group, index, known, finish, reached));
    for (const step of group) known.push([step.name ?? '', outcomeVariable(body, step.name ?? '')]);
  });
  if (groups.length === 0) steps.push({ ...passStart(body), assign: { [reached]: -1 } });
  const error = variableName('error', body.path);
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
    ...lowerDaemonEnds(body, known),
    { kind: 'label', label: end },
  );
  return steps;
}

function passStart(body: Body) {
  return { kind: 'pass', name: stateName(body.path, 'start'), origin: originOf(body) } as const;
}

function lowerGroup(
  body: Body,
  group: readonly Invocation[],
  index: number,
  known: Known,
  finish: string,
  reached: string,
): readonly Step[] {
  const groupPath = [...body.path, `[${index}]`];
  const groupNode = concat(body.node, `[${index}]`);
  const error = variableName('error', body.path);
  const start: Assignments = {
    [reached]: index,
    ...(index === 0 ? { [variableName('start', body.path)]: startOf(body), [error]: null } : {}),
  };
  const folded = foldGroup(body, index);
  const answer = variableName('members', groupPath);
  const steps: Step[] = [];
  if (folded === undefined) {
    steps.push(
      evaluate(body, {
        role: 'arguments',
        path: groupPath,
        request: { op: 'group', group: index, scope: scopeOf(body, known) },
        assign: { ...start, [answer]: ANSWER },
      }),
      {
        kind: 'choice',
        name: stateName(groupPath, 'evaluated'),
        origin: originOf(body),
        rules: [
          {
            condition: expression(`$exists($${answer}.error) or $exists($${answer}.templateError)`),
            assign: {
              [error]: expression(`{"group": $${answer}.error, "template": $${answer}.templateError}`),
            },
            goto: finish,
          },
        ],
        otherwise: {},
      },
    );
  }
  const members = group.map((step) => {
    const name = step.name ?? '';
    const found: Value = folded?.members[name] ?? member(variable(answer), 'members', name);
    return lowerMember(body, step, {
      node: concat(groupNode, `.${name}`),
      evaluated: found,
      outcome: group.length === 1 ? outcomeVariable(body, name) : branchVariable(body, name),
      known,
      globals: globalsOf(
        body,
        known.map(([, held]) => held),
      ),
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
          expression(`$states.result[${at}]`),
        ]),
      ),
    });
  }
  const failed = group.flatMap((step) => {
    const forgives = { failed: step.continueOn?.failed === true, error: step.continueOn?.error === true };
    return failedExpression(outcomeVariable(body, step.name ?? ''), forgives) ?? [];
  });
  if (failed.length > 0) {
    steps.push({
      kind: 'choice',
      name: stateName(groupPath, 'result'),
      origin: originOf(body),
      rules: [{ condition: expression(failed.join(' or ')), assign: { [reached]: index }, goto: finish }],
      otherwise: { assign: { [reached]: index } },
    });
  }
  if (folded === undefined) return steps;
  return assignOnEntry(steps, start, { ...passStart(body), name: stateName(groupPath, 'start') });
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
