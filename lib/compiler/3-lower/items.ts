/** Lowers the items of a looped step or task: a Map over them, or over batches of them where there are many. */
import type { Invocation } from '../../argo/invocation.ts';
import type { Inputs, NodePhase } from '../../protocol/outcome.ts';
import { lowerBatches } from './batch.ts';
import { mayBeMany } from './batch-size.ts';
import { type Body, originOf } from './body.ts';
import { hooksOf } from './bundle.ts';
import type { CallSite } from './call.ts';
import { among } from './condition.ts';
import { lowerHooked } from './hooks.ts';
import { callOf, field, isConditionalStep, type MemberSite } from './member.ts';
import { type Path, stateName, variableName } from './names.ts';
import type { Step } from './plan.ts';
import { loopConcurrency, lowerSlottedCall } from './slot.ts';
import {
  type Expression,
  expression,
  isExpressionValue,
  isLiteral,
  member,
  plainOf,
  textOf,
  type Value,
  variable,
} from './value.ts';

/**
 * In steps every item has the hooks of its step. In a DAG they belong to the group; of the items, each has the exit
 * hook besides (dag.go executeDAGTask).
 */
export function lowerLooped(
  body: Body,
  invocation: Invocation,
  path: Path,
  site: MemberSite,
): readonly Step[] {
  if (body.template.template.dag === undefined) return lowerItemsOrBatches(body, invocation, path, site);
  return lowerHooked(body, invocation, path, { ...site, isGroup: true }, (outcome) =>
    lowerItemsOrBatches(body, withItemHooks(invocation), path, { ...site, outcome }),
  );
}

function withItemHooks(task: Invocation): Invocation {
  const exit = hooksOf(task)['exit'];
  const { hooks: _hooks, ...plain } = task;
  return exit === undefined ? plain : { ...plain, hooks: { exit } };
}

/** The items of a member, as an execution of their own runs them. */
export function lowerItemsOf(body: Body, invocation: Invocation, site: MemberSite): readonly Step[] {
  const items = body.template.template.dag === undefined ? invocation : withItemHooks(invocation);
  return lowerItems(body, items, [...body.path, invocation.name ?? ''], site);
}

function lowerItemsOrBatches(
  body: Body,
  invocation: Invocation,
  path: Path,
  site: MemberSite,
): readonly Step[] {
  const items = lowerItems(body, invocation, path, site);
  const { bundle } = body.lowering;
  if (!isExpressionValue(site.evaluated) || !mayBeMany(bundle, body.template, invocation)) return items;
  const name = invocation.name ?? '';
  const batches = member(site.evaluated, 'batches');
  return [
    {
      kind: 'choice',
      name: stateName(path, 'many?'),
      origin: originOf(body, name),
      rules: [
        {
          condition: expression(`$exists(${batches.text})`),
          steps: lowerBatches(body, invocation, path, { ...site, batches }),
        },
      ],
      otherwise: { steps: items },
    },
  ];
}

/**
 * Whether an item may be known to be done before it runs. In steps what cannot be called stops the whole group, but for
 * a recursion that is too deep; in a DAG it is an item that failed (evaluate/task.ts).
 */
function mayEndUnrun(body: Body, invocation: Invocation, { evaluated }: MemberSite): boolean {
  if (!isExpressionValue(evaluated)) {
    const items = (field(evaluated, 'items') ?? []) as readonly Value[];
    return items.some((item) => field(item, 'kind') === 'done');
  }
  return isConditionalStep(body, invocation) || body.template.template.dag !== undefined;
}

/** Of a literal list every item is known. */
function possibleInputs(evaluated: Value): Pick<CallSite, 'possibleInputs'> {
  if (isExpressionValue(evaluated)) return {};
  const items = (field(evaluated, 'items') ?? []) as readonly Value[];
  const inputs = items.map((item) => field(item, 'inputs')).filter((one) => one !== null);
  return inputs.every(isLiteral) ? { possibleInputs: inputs.map((one) => plainOf(one) as Inputs) } : {};
}

function lowerItems(body: Body, invocation: Invocation, path: Path, site: MemberSite): readonly Step[] {
  const name = invocation.name ?? '';
  const outcome = variableName('each', path);
  const isPlain = `${textOf(field(site.evaluated, 'kind'))} = "call"`;
  const orPlain = (plain: string, looped: Value): Value =>
    mayBePlain(invocation, site) ? expression(`${isPlain} ? ${plain} : ${textOf(looped)}`) : looped;
  const ended = loopOutcome(body, site, {
    phase: '$states.result.phase',
    phases: '$states.result.phase',
    items: expression('$states.result'),
  });
  return [
    {
      kind: 'map',
      name: stateName(path, 'items'),
      origin: originOf(body, name),
      items: orPlain(`[${textOf(site.evaluated)}]`, field(site.evaluated, 'items')),
      maxConcurrency: loopConcurrency(body.template.template),
      body: [
        ...lowerItem(body, invocation, path, { ...site, outcome }),
        {
          kind: 'pass',
          name: stateName(path, 'item outcome'),
          origin: originOf(body, name),
          output: variable(outcome),
        },
      ],
      assign: { [site.outcome]: orPlain('$states.result[0]', ended) },
    },
  ];
}

/** Whether it may turn out to be no loop at all: that is what an empty `withParam` is (ShouldExpand). */
function mayBePlain(invocation: Invocation, { evaluated }: MemberSite): boolean {
  return isExpressionValue(evaluated) && invocation.withParam?.includes('{{') === true;
}

/** `site.evaluated` is that of the loop, `site.outcome` the variable for the outcome of the item. */
function lowerItem(body: Body, invocation: Invocation, path: Path, site: MemberSite): readonly Step[] {
  const name = invocation.name ?? '';
  const item = variableName('item', path);
  const evaluated = variable(item);
  const inner: MemberSite = {
    ...site,
    node: member(evaluated, 'node'),
    evaluated,
    isConditional: false,
    isItem: body.template.template.dag !== undefined && mayBePlain(invocation, site),
  };
  const call = {
    ...callOf(body, invocation, path, inner),
    inputs: member(evaluated, 'inputs'),
    ...possibleInputs(site.evaluated),
  };
  const work = lowerHooked(body, invocation, path, inner, (held) =>
    lowerSlottedCall(body, { ...call, outcome: held }, name),
  );
  const assign = { [item]: expression('$states.input') };
  const origin = originOf(body, name);
  if (!mayEndUnrun(body, invocation, site))
    return [{ kind: 'pass', name: stateName(path, 'item'), origin, assign }, ...work];
  return [
    {
      kind: 'choice',
      name: stateName(path, 'item when'),
      origin,
      rules: [
        {
          condition: expression('$states.input.kind = "done"'),
          assign: { [site.outcome]: expression('$states.input.outcome') },
        },
      ],
      otherwise: { assign, steps: work },
    },
  ];
}

/** The outcome of a loop, from the phases of its parts: Argo takes that of the last item that failed. */
export function loopOutcome(
  body: Body,
  site: Pick<MemberSite, 'node'>,
  parts: {
    readonly phase: string;
    readonly phases: string;
    readonly items?: Expression;
    readonly batches?: Expression;
  },
): Value {
  const { phase, phases, ...rest } = parts;
  const bad = among(phase, ['Failed', 'Error']);
  return {
    node: site.node,
    ...(body.template.template.dag === undefined ? {} : { group: true }),
    phase: expression(`$count(${bad}) > 0 ? (${bad})[-1] : "Succeeded"`, { phases: ENDS }),
    phases: expression(`[$distinct(${phases})]`),
    ...rest,
  };
}

const ENDS: readonly NodePhase[] = ['Succeeded', 'Failed', 'Error'];
