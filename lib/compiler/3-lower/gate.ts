/** Gates of a DAG: how a chain waits for tasks that another chain runs, and what it learns of them. */
import { ANSWER, INVOKE_AND_WAIT, invoke, originOf, RUN } from './body.ts';
import { type DagPlan, outcomeAt, type Place } from './dag-plan.ts';
import { stateName } from './names.ts';
import type { Step } from './plan.ts';
import { expression, member, type Value, variable } from './value.ts';

export interface Gates {
  /** For each task: those in other chains that it waits for, and those whose outcomes it learns. */
  readonly waits: ReadonlyMap<string, readonly string[]>;
  readonly learns: ReadonlyMap<string, readonly string[]>;
  /** Tasks whose outcome must be published when they end. */
  readonly published: ReadonlySet<string>;
}

export function gatesOf(
  plan: Pick<DagPlan, 'dependencies' | 'needs'>,
  chains: readonly (readonly string[])[],
): Gates {
  const chainOf = new Map(chains.flatMap((chain, at) => chain.map((task) => [task, at] as const)));
  const waits = new Map<string, readonly string[]>();
  const learns = new Map<string, readonly string[]>();
  const published = new Set<string>();
  chains.forEach((chain, at) => {
    const known = new Set<string>();
    for (const task of chain) {
      const foreign = (name: string) => chainOf.has(name) && chainOf.get(name) !== at && !known.has(name);
      const waiting = (plan.dependencies.get(task) ?? []).filter(foreign);
      const learning = [...new Set([...waiting, ...plan.needs(task).filter(foreign)])];
      for (const name of learning) {
        known.add(name);
        published.add(name);
      }
      waits.set(task, waiting);
      learns.set(task, learning);
    }
  });
  return { waits, learns, published };
}

/** Node names tell apart iterations, attempts and recursion, so none of them shares a gate. */
function keys(plan: DagPlan): { readonly [key: string]: Value } {
  return { run: member(RUN, 'uid'), scope: plan.body.node };
}

/** Parks at the gate until all that the task waits for elsewhere has ended; `received` are the outcomes learnt. */
export function lowerWait(
  plan: DagPlan,
  task: string,
  place: Place,
): { readonly steps: readonly Step[]; readonly received: readonly string[] } {
  const received = place.gates?.learns.get(task) ?? [];
  if (received.length === 0) return { steps: [], received };
  const { body } = plan;
  const path = [...body.path, task];
  const step = invoke(body.lowering, {
    name: stateName(path, 'gate'),
    origin: originOf(body, task),
    handler: 'gate',
    resource: INVOKE_AND_WAIT,
    payload: {
      op: 'wait',
      ...keys(plan),
      tasks: [...received],
      token: expression('$states.context.Task.Token'),
    },
    assign: Object.fromEntries(
      received.map((name, at) => [
        outcomeAt(body.path, name, place.level),
        expression(`$states.result.outcomes[${at}]`),
      ]),
    ),
  });
  return { steps: [{ ...step, output: expression('$states.input') }], received };
}

export function lowerRelease(plan: DagPlan, task: string, place: Place): readonly Step[] {
  if (!place.gates?.published.has(task)) return [];
  const { body } = plan;
  const path = [...body.path, task];
  return [
    invoke(body.lowering, {
      name: stateName(path, 'release'),
      origin: originOf(body, task),
      handler: 'gate',
      payload: {
        op: 'release',
        ...keys(plan),
        task,
        outcome: variable(outcomeAt(body.path, task, place.level)),
      },
      output: ANSWER,
    }),
  ];
}
