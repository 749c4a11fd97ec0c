/**
 * A DAG that is too large for one machine runs in parts, an execution each. All parts run beside each other, and what one
 * waits for in another it learns at a gate, as chains of one machine do; so no part waits for a whole other one.
 */
import type { Bundle, BundleTemplate } from '../../evaluate/bundle.ts';
import { ANSWER, type Body, evaluate, knownOutcomes, type Lowering, originOf, RUN, scopeOf } from './body.ts';
import { startOf } from './call.ts';
import { childBody, startsChildOf } from './child-body.ts';
import { among } from './condition.ts';
import { lowerBranches, lowerChain } from './dag.ts';
import { type DagGraph, graphOfDag, outcomeAt, planOf } from './dag-plan.ts';
import { type Gates, gatesOf } from './gate.ts';
import { stateName, variableName } from './names.ts';
import { catchInto, endsPlainly, NOT_SUCCEEDED, succeeded } from './outcome.ts';
import type { Step } from './plan.ts';
import { chains } from './schedule.ts';
import { expression, member, variable } from './value.ts';

/** Chains of tasks. */
export type DagPart = readonly (readonly string[])[];

/** A DAG in parts; worked out once, as each part asks for all of it. */
export interface DividedDag {
  readonly parts: readonly DagPart[];
  readonly graph: DagGraph;
  readonly gates: Gates;
}

/** As many outcomes as can be handed to a function at once, each with the outputs that it may carry (INLINE_BYTES). */
const MOST_TASKS = 48;

/** What an execution is aimed at that runs this part. */
export function partTarget(template: string, at: number): string {
  return `${template}/part ${at + 1}`;
}

/** Parts none of which weighs more than `most`; undefined where the DAG cannot be divided. */
export function dividedDag(
  bundle: Bundle,
  { template, calls }: BundleTemplate,
  weightOf: (task: string) => number,
  most: number,
): DividedDag | undefined {
  const graph = graphOfDag(template);
  const { tasks, dependencies } = graph;
  // The end of the template stops daemons, and must know them.
  if ([...tasks.keys()].some((name) => bundle.templates[calls[name] ?? '']?.template.daemon === true))
    return undefined;
  const parts: string[][][] = [];
  let room = 0;
  let count = MOST_TASKS;
  for (const chain of chains(dependencies)) {
    let segment: string[] | undefined;
    for (const task of chain) {
      const weight = weightOf(task);
      if (weight > room || count >= MOST_TASKS) {
        parts.push([]);
        [room, count, segment] = [most, 0, undefined];
      }
      if (segment === undefined) {
        segment = [];
        parts.at(-1)?.push(segment);
      }
      segment.push(task);
      room -= weight;
      count += 1;
    }
  }
  return parts.length > 1 ? { parts, graph, gates: gatesOf(graph, parts.flat()) } : undefined;
}

export function lowerDagInParts(body: Body, parts: readonly DagPart[], outcome: string): readonly Step[] {
  const start = variableName('start', body.path);
  const held = variableName('parts', body.path);
  const end = `${stateName(body.path)} end`;
  const origin = originOf(body);
  const finish = evaluate(body, {
    role: 'outputs',
    request: {
      op: 'finish',
      scope: scopeOf(body, []),
      parts: variable(held),
      startedAt: member(variable(start), 'startedAt'),
    },
    assign: { [outcome]: ANSWER },
  });
  return [
    { kind: 'pass', name: stateName(body.path, 'start'), origin, assign: { [start]: startOf(body) } },
    {
      kind: 'parallel',
      name: stateName(body.path, 'parts'),
      origin,
      branches: parts.map((_, at) => [lowerPart(body, at, parts.length)]),
      assign: { [held]: expression('$states.result') },
      // Others may wait for tasks of a part that was lost.
      catch: catchInto(outcome, body.node, end),
    },
    ...(endsPlainly(body)
      ? [
          {
            kind: 'choice' as const,
            name: stateName(body.path, 'result'),
            origin,
            rules: [
              {
                condition: expression(`$count(${among(`$${held}.phases`, NOT_SUCCEEDED)}) = 0`),
                assign: { [outcome]: succeeded(body) },
                goto: end,
              },
            ],
            otherwise: {},
          },
        ]
      : []),
    finish,
    { kind: 'label', label: end },
  ];
}

function lowerPart(body: Body, at: number, count: number): Step {
  const target = partTarget(body.template.id, at);
  return {
    kind: 'task',
    name: stateName(body.path, `part ${at + 1} of ${count}`),
    origin: originOf(body),
    ...startsChildOf(body, target, { node: body.node, globals: [...body.globals] }, body.node),
    output: expression('$states.result.Output'),
  };
}

/** The steps of an execution that is aimed at a part; afterwards `outcome` holds how its tasks have ended. */
export function lowerPartTarget(
  lowering: Lowering,
  template: BundleTemplate,
  divided: DividedDag,
  at: number,
  outcome: string,
): readonly Step[] {
  const { parts, graph, gates } = divided;
  const own = parts[at] ?? [];
  const body = childBody(lowering, template, partTarget(template.id, at));
  const plan = planOf(body, graph);
  const place = { level: 0, held: new Map<string, string>() };
  const [only] = own;
  const work =
    own.length === 1 && only !== undefined
      ? lowerChain(plan, only, { ...place, gates })
      : lowerBranches(
          plan,
          own.map((chain) => ({
            tasks: chain,
            lower: (inner) => lowerChain(plan, chain, { ...inner, gates }),
          })),
          place,
        );
  const known = own.flat().map((name) => [name, outcomeAt(body.path, name, 0)] as const);
  return [
    ...work,
    evaluate(body, {
      role: 'close',
      request: { op: 'close part', run: RUN, outcomes: knownOutcomes(known) },
      assign: { [outcome]: ANSWER },
    }),
  ];
}
