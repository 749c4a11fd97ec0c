/** Lowers one step or task, once it is evaluated: skipped, looped or called, then its hooks. */
import type { Invocation } from '../../argo/invocation.ts';
import type { Inputs } from '../../protocol/outcome.ts';
import { type Body, originOf } from './body.ts';
import { hooksOf } from './bundle.ts';
import type { CallSite } from './call.ts';
import { lowerHooked } from './hooks.ts';
import { isLoop } from './loop.ts';
import { type Path, stateName, variableName } from './names.ts';
import type { Step } from './plan.ts';
import { loopConcurrency, lowerSlottedCall } from './slot.ts';
import { isUnstagedMember } from './start.ts';
import {
  expression,
  isExpressionValue,
  isLiteral,
  member,
  plainOf,
  textOf,
  type Value,
  variable,
} from './value.ts';

export interface MemberSite {
  readonly node: Value;
  /** The evaluated Member: an expression, or a literal where it could be folded. */
  readonly evaluated: Value;
  readonly outcome: string;
  /** Outcomes that hooks may read. */
  readonly known: readonly (readonly [name: string, variable: string])[];
  /** Globals that the member sees. */
  readonly globals: readonly Value[];
  /** It may be found that the member does not run, where it is evaluated only in the run. */
  readonly isConditional: boolean;
  /** The member is a group of items in a DAG, which has hooks of its own. */
  readonly isGroup?: boolean;
}

/** A field of the evaluated member, literal or not. */
function field(evaluated: Value, name: string): Value {
  if (isExpressionValue(evaluated)) return member(evaluated, name);
  return (evaluated as Readonly<Record<string, Value>>)[name] ?? null;
}

export function lowerMember(body: Body, invocation: Invocation, site: MemberSite): readonly Step[] {
  const name = invocation.name ?? '';
  const path = [...body.path, name];
  const kind = field(site.evaluated, 'kind');
  if (kind === 'done') return [assignDone(body, path, name, site)];
  const called = isLoop(invocation)
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
          assign: { [site.outcome]: field(site.evaluated, 'outcome') },
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
    assign: { [site.outcome]: field(site.evaluated, 'outcome') },
  };
}

function callOf(body: Body, invocation: Invocation, path: Path, site: MemberSite): CallSite {
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

/**
 * In steps every item has the hooks of its step. In a DAG they belong to the group; of the items, each has the exit
 * hook besides (dag.go executeDAGTask).
 */
function lowerLooped(body: Body, invocation: Invocation, path: Path, site: MemberSite): readonly Step[] {
  if (body.template.template.dag === undefined) return lowerLoop(body, invocation, path, site);
  const exit = hooksOf(invocation)['exit'];
  const { hooks: _hooks, ...plain } = invocation;
  const items: Invocation = exit === undefined ? plain : { ...plain, hooks: { exit } };
  return lowerHooked(body, invocation, path, { ...site, isGroup: true }, (outcome) =>
    lowerLoop(body, items, path, { ...site, outcome }),
  );
}

/**
 * Whether an item may be known to be done before it runs. In steps what cannot be called stops the whole group, but for
 * a recursion that is too deep; in a DAG it is an item that failed (evaluate/task.ts).
 */
function mayEndUnrun(body: Body, invocation: Invocation, { evaluated }: MemberSite): boolean {
  if (!isExpressionValue(evaluated)) {
    const items = field(evaluated, 'items') as readonly Value[];
    return items.some((item) => field(item, 'kind') === 'done');
  }
  return isConditionalStep(body, invocation) || body.template.template.dag !== undefined;
}

/** A step that `when` rules out, or whose recursion is too deep, is no fault of its group. */
export function isConditionalStep(body: Body, step: Invocation): boolean {
  const callee = body.template.calls[step.name ?? ''];
  return Boolean(step.when) || callee === undefined || body.lowering.isOutlined(callee);
}

/** Of a literal list every item is known. */
function possibleInputs(evaluated: Value): Pick<CallSite, 'possibleInputs'> {
  if (isExpressionValue(evaluated)) return {};
  const items = (field(evaluated, 'items') ?? []) as readonly Value[];
  const inputs = items.map((item) => field(item, 'inputs')).filter((one) => one !== null);
  return inputs.every(isLiteral) ? { possibleInputs: inputs.map((one) => plainOf(one) as Inputs) } : {};
}

function lowerLoop(body: Body, invocation: Invocation, path: Path, site: MemberSite): readonly Step[] {
  const name = invocation.name ?? '';
  const item = variableName('item', path);
  const outcome = variableName('each', path);
  const evaluated = variable(item);
  const inner: MemberSite = {
    node: member(evaluated, 'node'),
    evaluated,
    outcome,
    known: site.known,
    globals: site.globals,
    isConditional: false,
  };
  const call = {
    ...callOf(body, invocation, path, inner),
    inputs: member(evaluated, 'inputs'),
    ...possibleInputs(site.evaluated),
  };
  const work = lowerHooked(body, invocation, path, inner, (held) =>
    lowerSlottedCall(body, { ...call, outcome: held }, name),
  );
  const input = { [item]: expression('$states.input') };
  const each: readonly Step[] = [
    mayEndUnrun(body, invocation, site)
      ? {
          kind: 'choice',
          name: stateName(path, 'item when'),
          origin: originOf(body, name),
          rules: [
            {
              condition: expression('$states.input.kind = "done"'),
              assign: { [outcome]: expression('$states.input.outcome') },
            },
          ],
          otherwise: { assign: input, steps: work },
        }
      : { kind: 'pass', name: stateName(path, 'item'), origin: originOf(body, name), assign: input },
    ...(mayEndUnrun(body, invocation, site) ? [] : work),
    {
      kind: 'pass',
      name: stateName(path, 'item outcome'),
      origin: originOf(body, name),
      output: variable(outcome),
    },
  ];
  const results = '$states.result';
  const bad = `${results}[phase in ["Failed", "Error"]].phase`;
  return [
    {
      kind: 'map',
      name: stateName(path, 'items'),
      origin: originOf(body, name),
      items: field(site.evaluated, 'items'),
      maxConcurrency: loopConcurrency(body.template.template),
      body: each,
      assign: {
        [site.outcome]: {
          node: site.node,
          ...(body.template.template.dag === undefined ? {} : { group: true }),
          phase: expression(`$count(${bad}) > 0 ? (${bad})[-1] : "Succeeded"`),
          items: expression(results),
        },
      },
    },
  ];
}
