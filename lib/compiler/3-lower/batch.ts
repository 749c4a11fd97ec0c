/** Lowers loops of many items: each batch of them is an execution of its own, so that none outgrows its history. */
import { type Invocation, invocationsOf } from '../../argo/invocation.ts';
import type { Bundle, BundleTemplate } from '../../evaluate/bundle.ts';
import { isLooped } from '../../evaluate/loop.ts';
import { mayBeMany } from './batch-size.ts';
import { ANSWER, type Body, evaluate, knownOutcomes, type Lowering, originOf, RUN } from './body.ts';
import { childBody, INPUT, startsChildOf } from './child-body.ts';
import { loopOutcome, lowerItemsOf } from './items.ts';
import type { MemberSite } from './member.ts';
import { type Path, stateName, variableName } from './names.ts';
import { catchAll, caughtOutcome } from './outcome.ts';
import type { Step } from './plan.ts';
import { limitsOneLoop } from './slot.ts';
import { expression, member, type Value, variable } from './value.ts';

/** What an execution is aimed at that runs items of this loop. */
export function batchTarget(template: string, loop: string): string {
  return `${template}/${loop}[]`;
}

/** Loops of a template whose items may be many. */
export function batchedLoops(bundle: Bundle, template: BundleTemplate): readonly Invocation[] {
  return invocationsOf(template.template).filter((one) => isLooped(one) && mayBeMany(bundle, template, one));
}

/** The key of what the batch holds, calls of nodes that no other batch has. */
const BATCH = expression('$states.input');

/** A Map over the batches: each starts an execution of this machine, aimed at the loop. */
export function lowerBatches(
  body: Body,
  invocation: Invocation,
  path: Path,
  site: MemberSite & { readonly batches: Value },
): readonly Step[] {
  const name = invocation.name ?? '';
  const batch = variableName('batch', path);
  const lost = caughtOutcome(site.node);
  return [
    {
      kind: 'map',
      name: stateName(path, 'batches'),
      origin: originOf(body, name),
      items: site.batches,
      // Where the loop is all that a limit counts, one batch runs at a time, and its Map keeps the limit.
      ...(limitsOneLoop(body.template.template) ? { maxConcurrency: 1 } : {}),
      body: [
        {
          kind: 'task',
          name: stateName(path, 'batch'),
          origin: originOf(body, name),
          ...startsChildOf(
            body,
            batchTarget(body.template.id, name),
            {
              batch: BATCH,
              node: site.node,
              outcomes: knownOutcomes(site.known),
              globals: [...site.globals],
            },
            BATCH,
          ),
          assign: { [batch]: expression('$states.result.Output') },
          // The execution itself failed, which its items do not make it do.
          catch: catchAll({ [batch]: { ...lost, phases: [lost.phase] } }),
        },
        {
          kind: 'pass',
          name: stateName(path, 'batch outcome'),
          origin: originOf(body, name),
          output: variable(batch),
        },
      ],
      assign: {
        [site.outcome]: loopOutcome(body, site, {
          phase: '$states.result.phase',
          phases: '$states.result.phases',
          batches: expression('$states.result'),
        }),
      },
    },
  ];
}

/** The steps of an execution that is aimed at a loop; afterwards `outcome` holds the batch as it has ended. */
export function lowerBatchTarget(
  lowering: Lowering,
  template: BundleTemplate,
  loop: Invocation,
  outcome: string,
): readonly Step[] {
  const name = loop.name ?? '';
  const target = batchTarget(template.id, name);
  const body = childBody(lowering, template, target);
  const taken = variableName('batch', body.path);
  const ended = variableName('items', body.path);
  const known = variableName('outcomes', body.path);
  return [
    evaluate(body, {
      role: 'take batch',
      member: name,
      request: { op: 'take batch', loop: member(INPUT, 'node'), batch: member(INPUT, 'batch'), run: RUN },
      assign: { [taken]: ANSWER, [known]: member(INPUT, 'outcomes') },
    }),
    ...lowerItemsOf(body, loop, {
      node: member(INPUT, 'node'),
      evaluated: variable(taken),
      outcome: ended,
      known: variable(known),
      globals: body.globals,
      isConditional: false,
    }),
    evaluate(body, {
      role: 'close batch',
      member: name,
      request: { op: 'close batch', run: RUN, items: expression(`$${ended}.items`) },
      assign: { [outcome]: ANSWER },
    }),
  ];
}
