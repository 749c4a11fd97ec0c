/** Decides the shape of a DAG: series and parallels where they are exact, chains with gates where they are not. */

export type Schedule =
  | { readonly kind: 'task'; readonly task: string }
  | { readonly kind: 'series'; readonly parts: readonly Schedule[] }
  | { readonly kind: 'parallel'; readonly parts: readonly Schedule[] }
  /** Each chain is a branch; a task waits at its gate for those of its dependencies that another chain runs. */
  | { readonly kind: 'gated'; readonly chains: readonly (readonly string[])[] };

export type Dependencies = ReadonlyMap<string, readonly string[]>;

/** Sets of task numbers as bits, so that whole DAGs of thousands of tasks can be compared word by word. */
type Bits = Uint32Array;

const has = (bits: Bits, at: number) => ((bits[at >>> 5] ?? 0) & (1 << (at & 31))) !== 0;
const put = (bits: Bits, at: number) => {
  bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
};

interface Graph {
  readonly names: readonly string[];
  /** Numbers in topological order, by the order of the YAML where that leaves a choice. */
  readonly order: readonly number[];
  readonly dependencies: readonly (readonly number[])[];
  readonly ancestors: readonly Bits[];
}

/** The schedule of tasks whose dependencies are given; edges to unknown tasks do not count. Must be acyclic. */
export function schedule(dependencies: Dependencies): Schedule {
  const graph = graphOf(dependencies);
  return partOf(graph, graph.order);
}

/** The tasks as chains along edges: each task waits for the one before it, and for others in other chains. */
export function chains(dependencies: Dependencies): readonly (readonly string[])[] {
  const graph = graphOf(dependencies);
  return chainsOf(graph, graph.order);
}

/** All that a task waits for, directly or not. */
export function ancestorsOf(dependencies: Dependencies): (task: string) => readonly string[] {
  const graph = graphOf(dependencies);
  const numbers = new Map(graph.names.map((name, at) => [name, at]));
  return (task) => {
    const bits = graph.ancestors[numbers.get(task) ?? -1];
    return bits === undefined ? [] : graph.names.filter((_, at) => has(bits, at));
  };
}

function graphOf(dependencies: Dependencies): Graph {
  const names = [...dependencies.keys()];
  const numbers = new Map(names.map((name, at) => [name, at]));
  const direct = names.map((name) => [
    ...new Set((dependencies.get(name) ?? []).flatMap((one) => numbers.get(one) ?? [])),
  ]);
  const order = topological(direct);
  const ancestors: Bits[] = names.map(() => new Uint32Array((names.length + 31) >>> 5));
  for (const at of order) {
    const own = ancestors[at] as Bits;
    for (const before of direct[at] ?? []) {
      const theirs = ancestors[before] as Bits;
      for (let word = 0; word < own.length; word += 1) own[word] = (own[word] ?? 0) | (theirs[word] ?? 0);
      put(own, before);
    }
  }
  return { names, order, dependencies: reduced(direct, ancestors), ancestors };
}

function topological(direct: readonly (readonly number[])[]): readonly number[] {
  const waiting = direct.map((one) => one.length);
  const dependants: number[][] = direct.map(() => []);
  direct.forEach((befores, at) => {
    for (const before of befores) dependants[before]?.push(at);
  });
  const order = waiting.flatMap((count, at) => (count === 0 ? [at] : []));
  for (let next = 0; next < order.length; next += 1) {
    for (const after of dependants[order[next] as number] ?? []) {
      waiting[after] = (waiting[after] ?? 0) - 1;
      if (waiting[after] === 0) order.push(after);
    }
  }
  return order;
}

/** Transitive reduction: an edge goes if another dependency already waits for it. */
function reduced(
  direct: readonly (readonly number[])[],
  ancestors: readonly Bits[],
): readonly (readonly number[])[] {
  return direct.map((befores) =>
    befores.filter((one) => !befores.some((other) => other !== one && has(ancestors[other] as Bits, one))),
  );
}

function partOf(graph: Graph, tasks: readonly number[]): Schedule {
  if (tasks.length === 1) return { kind: 'task', task: graph.names[tasks[0] as number] as string };
  const components = componentsOf(graph, tasks);
  if (components.length > 1) {
    return { kind: 'parallel', parts: components.map((one) => partOf(graph, one)) };
  }
  const series = seriesOf(graph, tasks);
  if (series.length > 1) return { kind: 'series', parts: series.map((one) => partOf(graph, one)) };
  return { kind: 'gated', chains: chainsOf(graph, tasks) };
}

/** Groups of tasks without any edge between them, in topological order each. */
function componentsOf(graph: Graph, tasks: readonly number[]): readonly (readonly number[])[] {
  const root = new Map(tasks.map((at) => [at, at]));
  const find = (at: number): number => {
    let top = at;
    while (root.get(top) !== top) top = root.get(top) as number;
    for (let step = at; step !== top; ) {
      const next = root.get(step) as number;
      root.set(step, top);
      step = next;
    }
    return top;
  };
  for (const at of tasks) {
    for (const before of graph.dependencies[at] ?? []) if (root.has(before)) root.set(find(before), find(at));
  }
  const groups = new Map<number, number[]>();
  for (const at of tasks) {
    const top = find(at);
    const group = groups.get(top);
    if (group) group.push(at);
    else groups.set(top, [at]);
  }
  return [...groups.values()];
}

/**
 * The finest cut into parts where everything of a part waits for everything of the parts before: ordered by the
 * number of ancestors, a cut after k tasks is right if all k are ancestors of every later task.
 */
function seriesOf(graph: Graph, tasks: readonly number[]): readonly (readonly number[])[] {
  const words = (graph.names.length + 31) >>> 5;
  const inside = new Uint32Array(words);
  for (const at of tasks) put(inside, at);
  const count = (bits: Bits) => {
    let total = 0;
    for (let word = 0; word < words; word += 1) {
      let rest = (bits[word] ?? 0) & (inside[word] ?? 0);
      for (; rest !== 0; rest &= rest - 1) total += 1;
    }
    return total;
  };
  const counts = new Map(tasks.map((at) => [at, count(graph.ancestors[at] as Bits)]));
  const position = new Map(tasks.map((at, index) => [at, index]));
  const sorted = [...tasks].sort(
    (a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0) || (position.get(a) ?? 0) - (position.get(b) ?? 0),
  );
  const cuts: number[] = [];
  const common = new Uint32Array(words).fill(0xffffffff);
  for (let index = sorted.length - 1; index > 0; index -= 1) {
    const ancestors = graph.ancestors[sorted[index] as number] as Bits;
    for (let word = 0; word < words; word += 1) common[word] = (common[word] ?? 0) & (ancestors[word] ?? 0);
    if ((counts.get(sorted[index] as number) ?? 0) >= index && count(common) === index) cuts.unshift(index);
  }
  const inOrder = (part: readonly number[]) =>
    [...part].sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
  return [0, ...cuts].map((from, at) => inOrder(sorted.slice(from, cuts[at] ?? sorted.length)));
}

/** Cuts tasks into chains along edges: each task follows the first of its dependencies that is still a chain's end. */
function chainsOf(graph: Graph, tasks: readonly number[]): readonly (readonly string[])[] {
  const chains: string[][] = [];
  const endOf = new Map<number, string[]>();
  for (const at of tasks) {
    const before = (graph.dependencies[at] ?? []).find((one) => endOf.has(one));
    const chain = before === undefined ? [] : (endOf.get(before) as string[]);
    if (before === undefined) chains.push(chain);
    else endOf.delete(before);
    chain.push(graph.names[at] as string);
    endOf.set(at, chain);
  }
  return chains;
}
