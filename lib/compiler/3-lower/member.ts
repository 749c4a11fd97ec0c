/** Lowers one step or task, once it is evaluated: skipped, looped or called, then its hooks. */
import type { Invocation } from '../../argo/invocation.ts';
import { isLooped } from '../../evaluate/loop.ts';
import { type Body, type KnownOutcomes, originOf } from './body.ts';
import type { CallSite } from './call.ts';
import { lowerHooked } from './hooks.ts';
import { lowerLooped } from './items.ts';
import { type Path, stateName } from './names.ts';
import type { Step } from './plan.ts';
import { lowerSlottedCall } from './slot.ts';
import { isUnstagedMember } from './start.ts';
import { expression, isExpressionValue, member, textOf, type Value } from './value.ts';

export interface MemberSite {
  readonly node: Value;
  /** The evaluated Member: an expression, or a literal where it could be folded. */
  readonly evaluated: Value;
  readonly outcome: string;
  /** Outcomes that hooks may read. */
  readonly known: KnownOutcomes;
  /** Globals that the member sees. */
  readonly globals: readonly Value[];
  /** It may be found that the member does not run, where it is evaluated only in the run. */
  readonly isConditional: boolean;
  /** The member is a group of items in a DAG, which has hooks of its own. */
  readonly isGroup?: boolean;
  /** The member is an item of such a group, or its only one where it turned out to be no loop; then it has no hooks of its own. */
  readonly isItem?: boolean;
  /** A member that does not run is marked, for hooks that it has all the same. */
  readonly marksIdle?: boolean;
}

/** A field of the evaluated member, literal or not. */
export function field(evaluated: Value, name: string): Value {
  if (isExpressionValue(evaluated)) return member(evaluated, name);
  return (evaluated as Readonly<Record<string, Value>>)[name] ?? null;
}

export function lowerMember(body: Body, invocation: Invocation, site: MemberSite): readonly Step[] {
  const name = invocation.name ?? '';
  const path = [...body.path, name];
  const kind = field(site.evaluated, 'kind');
  if (kind === 'done') return [assignDone(body, path, name, site)];
  const called = isLooped(invocation)
    ? lowerLooped(body, invocation, path, site)
    : lowerHooked(body, invocation, path, site, (outcome) =>
        lowerSlottedCall(body, callOf(body, invocation, path, { ...site, outcome }), name),
      );
  if (kind === 'call' || kind === 'loop' || !site.isConditional) return called;
  return [
    {
      kind: 'choice',
      name: stateName(path, invocation.when ? 'when' : 'ready'),
      origin: originOf(body, name),
      ...(invocation.when ? { comment: `when: ${invocation.when}` } : {}),
      rules: [
        {
          condition: expression(`${textOf(kind)} = "done"`),
          assign: { [site.outcome]: doneOutcome(site) },
        },
      ],
      otherwise: { steps: called },
    },
  ];
}

/** A member that never runs, as is known beforehand. */
function assignDone(body: Body, path: Path, name: string, site: MemberSite): Step {
  return {
    kind: 'pass',
    name: stateName(path),
    origin: originOf(body, name),
    assign: { [site.outcome]: doneOutcome(site) },
  };
}

function doneOutcome({ evaluated, marksIdle }: MemberSite): Value {
  const outcome = field(evaluated, 'outcome');
  if (marksIdle !== true) return outcome;
  if (isExpressionValue(outcome)) return expression(`$merge([${outcome.text}, {"idle": true}])`);
  return { ...(outcome as { readonly [key: string]: Value }), idle: true };
}

export function callOf(body: Body, invocation: Invocation, path: Path, site: MemberSite): CallSite {
  const name = invocation.name ?? '';
  const template = body.template.calls[name];
  return {
    lowering: body.lowering,
    path,
    template,
    call: site.evaluated,
    node: site.node,
    inputs: field(site.evaluated, 'inputs'),
    globals: site.globals,
    ...(body.exit === undefined ? {} : { exit: body.exit }),
    depth: body.depth,
    capture: body.captures.has(name),
    outcome: site.outcome,
    member: name,
    isOrdered: isExpressionValue(site.evaluated) && isUnstagedMember(body, invocation),
  };
}

/** A step that `when` rules out, or whose recursion is too deep, is no fault of its group. */
export function isConditionalStep(body: Body, step: Invocation): boolean {
  const callee = body.template.calls[step.name ?? ''];
  return Boolean(step.when) || callee === undefined || body.lowering.isOutlined(callee);
}
