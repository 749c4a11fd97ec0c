/** What the tasks of a DAG wait for, directly and through others, and which of them decide how it ends. */
import type { Dag, DagTask } from '../argo/invocation.ts';
import { type DependsRewrite, rewriteDepends } from '../expression/depends/rewrite.ts';

export interface DagGraph {
  readonly tasks: ReadonlyMap<string, DagTask>;
  readonly rewritten: ReadonlyMap<string, DependsRewrite>;
}

const graphs = new WeakMap<Dag, DagGraph>();

/** Every task of a DAG asks for its graph, so it is made once. */
export function dagGraph(dag: Dag): DagGraph {
  const known = graphs.get(dag);
  if (known) return known;
  const graph = graphOf(dag);
  graphs.set(dag, graph);
  return graph;
}

function graphOf(dag: Dag): DagGraph {
  const tasks = new Map((dag.tasks ?? []).map((task) => [task.name, task]));
  const lookup = (name: string) => tasks.get(name);
  return {
    tasks,
    rewritten: new Map([...tasks.values()].map((task) => [task.name, rewriteDepends(task, lookup)])),
  };
}

/** The tasks that a task names in `depends` or `dependencies`. */
export function dependenciesOf(graph: DagGraph, task: string): readonly string[] {
  const rewritten = graph.rewritten.get(task);
  return rewritten?.ok === true ? [...rewritten.dependencies.keys()] : [];
}

/** All tasks before a task, itself excluded; each stands after those that it waits for. */
export function ancestorsOf(graph: DagGraph, task: string): readonly string[] {
  const found = new Set<string>();
  const seen = new Set([task]);
  // A stack of its own: a chain of tasks may be longer than the call stack is deep.
  const open = [{ name: task, rest: [...dependenciesOf(graph, task)] }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const next = top.rest.shift();
    if (next === undefined) {
      if (top.name !== task) found.add(top.name);
      open.pop();
    } else if (!seen.has(next)) {
      seen.add(next);
      open.push({ name: next, rest: [...dependenciesOf(graph, next)] });
    }
  }
  return [...found];
}

/** `target`, or the tasks that nobody waits for, in the order of their names. */
export function targetsOf(graph: DagGraph, target: string | undefined): readonly string[] {
  if (target) return target.split(' ').filter((name) => graph.tasks.has(name));
  const waitedFor = new Set([...graph.tasks.keys()].flatMap((name) => dependenciesOf(graph, name)));
  return [...graph.tasks.keys()].filter((name) => !waitedFor.has(name)).sort();
}
