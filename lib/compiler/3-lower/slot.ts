/** Lowers limits on how many children of a template, or pods of a run, are active: each takes a slot before it starts. */
import { type Template, templateType } from '../../argo/template.ts';
import { QUOTAS } from '../../asl/quotas.ts';
import { ANSWER, type Body, ENTERED, INVOKE_AND_WAIT, invoke, originOf, RUN } from './body.ts';
import { hasHooks } from './bundle.ts';
import { type CallSite, lowerCall, templateOf } from './call.ts';
import { type Path, stateName, variableName } from './names.ts';
import { catchInto } from './outcome.ts';
import type { Step } from './plan.ts';
import { expression, type Value } from './value.ts';

/** What a child must have before it starts. */
export interface SlotSite {
  readonly path: Path;
  readonly member: string;
  readonly node: Value;
  readonly outcome: string;
  /** Whether the child is a pod, of which the run as a whole may have a limit. */
  readonly isPod: boolean;
}

/** With `failFast`, nothing new starts once a sibling has failed (operator.go checkParallelism). */
export function needsSlot(body: Body, isPod: boolean): boolean {
  return limited(body.template.template) || (isPod && body.lowering.bundle.spec.parallelism !== undefined);
}

/** Whether a template's children need slots. */
export function limited(template: Template): boolean {
  if (template.failFast === true) return true;
  return (template.parallelism ?? 0) > 0 && !isOneLoopAtATime(template);
}

/** Steps whose groups have one member each without hooks: all that a limit can count are the items of one Map. */
function isOneLoopAtATime(template: Template): boolean {
  const groups = template.steps;
  if (groups === undefined) return false;
  return groups.every((group) => group.length <= 1 && !hasHooks(group[0] ?? {}));
}

/** Whether a limit counts nothing but the items of one loop at a time, so that the loop's own Map can keep it. */
export function limitsOneLoop(template: Template): boolean {
  return (template.parallelism ?? 0) > 0 && template.steps !== undefined && !limited(template);
}

/** How many items of a loop run at once. AWS runs about 40 iterations of an inline Map side by side. */
export function loopConcurrency(template: Template): number {
  const most = QUOTAS.inlineMapConcurrency;
  return limitsOneLoop(template) ? Math.min(template.parallelism ?? most, most) : most;
}

/** The call of a member or of a hook, with a slot around it where there are limits. */
export function lowerSlottedCall(body: Body, call: CallSite, name: string): readonly Step[] {
  const { path, node, outcome } = call;
  return lowerSlotted(body, { path, member: name, node, outcome, isPod: callsLeaf(call) }, lowerCall(call));
}

/** Whether what a member calls is a leaf, known now. */
function callsLeaf(site: CallSite): boolean {
  const template = templateOf(site);
  const type = template && templateType(template.template);
  return type !== undefined && type !== 'steps' && type !== 'dag';
}

function leaveIfRefused(body: Body, site: SlotSite, answer: string, done: string): Step {
  return {
    kind: 'choice',
    name: stateName(site.path, 'refused?'),
    origin: originOf(body, site.member),
    rules: [
      {
        condition: expression(`$exists($${answer}.refused)`),
        assign: { [site.outcome]: { node: site.node, phase: 'Omitted', absent: true } },
        goto: done,
      },
    ],
    otherwise: {},
  };
}

/** `call` with a slot around it. One that is refused has no node in Argo: its outcome is absent. */
export function lowerSlotted(body: Body, site: SlotSite, call: readonly Step[]): readonly Step[] {
  if (!needsSlot(body, site.isPod)) return call;
  const { template } = body.template;
  const spec = body.lowering.bundle.spec;
  const answer = variableName('slot', site.path);
  const done = `${stateName(site.path)} refused`;
  const own = limited(template)
    ? [{ scope: body.node, limit: template.parallelism ?? 0, failFast: template.failFast === true }]
    : [];
  const run =
    site.isPod && spec.parallelism !== undefined
      ? [{ scope: '', limit: spec.parallelism, failFast: false }]
      : [];
  const request = { run: RUN, node: site.node, slots: [...own, ...run] };
  return [
    {
      ...invoke(body.lowering, {
        name: stateName(site.path, 'slot'),
        origin: originOf(body, site.member),
        handler: 'lock',
        resource: INVOKE_AND_WAIT,
        payload: {
          op: 'take slot',
          ...request,
          token: expression('$states.context.Task.Token'),
          now: ENTERED,
        },
        assign: { [answer]: expression('$states.result') },
        output: expression('$states.input'),
      }),
      catch: catchInto(site.outcome, site.node, done),
    },
    ...(template.failFast === true ? [leaveIfRefused(body, site, answer, done)] : []),
    ...call,
    invoke(body.lowering, {
      name: stateName(site.path, 'give slot back'),
      origin: originOf(body, site.member),
      handler: 'lock',
      payload: { op: 'give slot', ...request, phase: expression(`$${site.outcome}.phase`) },
      output: expression('$states.input'),
    }),
    { kind: 'label', label: done },
  ];
}

/**
 * In a DAG with template-level `failFast` a task is not even looked at once a sibling has failed: Argo leaves the
 * template before it gets there, so there is no node, not even an Omitted one.
 */
export function lowerAdmitted(
  body: Body,
  site: Pick<SlotSite, 'path' | 'member' | 'node' | 'outcome'>,
  work: readonly Step[],
): readonly Step[] {
  if (body.template.template.failFast !== true) return work;
  const answer = variableName('admitted', site.path);
  const slots = [{ scope: body.node, limit: 0, failFast: true }];
  return [
    invoke(body.lowering, {
      name: stateName(site.path, 'fail fast'),
      origin: originOf(body, site.member),
      handler: 'lock',
      payload: { op: 'ask', run: RUN, node: site.node, slots },
      assign: { [answer]: ANSWER },
    }),
    {
      kind: 'choice',
      name: stateName(site.path, 'too late?'),
      origin: originOf(body, site.member),
      rules: [
        {
          condition: expression(`$exists($${answer}.refused)`),
          assign: { [site.outcome]: { node: site.node, phase: 'Omitted', absent: true } },
        },
      ],
      otherwise: { steps: work },
    },
  ];
}
