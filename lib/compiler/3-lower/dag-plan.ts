/** What holds for a whole DAG: its tasks, what each waits for and reads, and where their outcomes are held. */
import type { DagTask } from '../../argo/invocation.ts';
import type { Template } from '../../argo/template.ts';
import { rewriteDepends } from '../../expression/depends/rewrite.ts';
import type { Body } from './body.ts';
import { taskFolder } from './fold.ts';
import type { Gates } from './gate.ts';
import { type Path, variableName } from './names.ts';
import { readsOfTask } from './reads.ts';
import { ancestorsOf, type Dependencies } from './schedule.ts';
import { limited } from './slot.ts';
import type { Value } from './value.ts';

/** What holds for a whole DAG. */
export interface DagPlan {
  readonly body: Body;
  readonly tasks: ReadonlyMap<string, DagTask>;
  readonly dependencies: Dependencies;
  readonly ancestors: (task: string) => readonly string[];
  /** Outcomes that a task's evaluation needs: its dependencies, and the ancestors that its text reads. */
  readonly needs: (task: string) => readonly string[];
  /** The task's member where it is known before a run. */
  readonly fold: (task: DagTask) => Value | undefined;
}

/** Which variable holds a task's outcome, as seen from a place; `level` counts the Parallels around it. */
export interface Place {
  readonly level: number;
  readonly held: ReadonlyMap<string, string>;
  readonly gates?: Gates;
}

const KINDS = ['out', 'own'];

export function outcomeAt(path: Path, task: string, level: number): string {
  return variableName(KINDS[level] ?? `own${level}`, [...path, task]);
}

export function planOf(body: Body, graph = graphOfDag(body.template.template)): DagPlan {
  return { body, ...graph, fold: taskFolder(body) };
}

/** What a DAG's tasks alone tell of it. */
export type DagGraph = Omit<DagPlan, 'body' | 'fold'>;

/** The tasks of a DAG, and those of them that its targets need, in the order in which they may start. */
export function graphOfDag(template: Template): DagGraph {
  const { tasks: written = [], target = '' } = template.dag ?? {};
  const all = new Map(written.map((task) => [task.name, task]));
  const allDependencies: Dependencies = new Map(
    [...all.values()].map((task) => {
      const rewritten = rewriteDepends(task, (name) => all.get(name));
      return [task.name, rewritten.ok ? [...rewritten.dependencies.keys()] : []] as const;
    }),
  );
  const ancestors = ancestorsOf(allDependencies);
  const chosen =
    target === '' || target.includes('{{')
      ? new Set(all.keys())
      : new Set(target.split(' ').flatMap((name) => [name, ...ancestors(name)]));
  const order = limited(template) ? visitingOrder(allDependencies) : [...allDependencies.keys()];
  const dependencies: Dependencies = new Map(
    order.flatMap((name) => (chosen.has(name) ? [[name, allDependencies.get(name) ?? []] as const] : [])),
  );
  const tasks = new Map([...all].filter(([name]) => chosen.has(name)));
  const needs = (task: string) => readsOfTask(all.get(task), allDependencies.get(task) ?? [], ancestors);
  return { tasks, dependencies, ancestors, needs };
}

/**
 * The order in which Argo's controller looks at tasks, and so in which they get what is scarce: up from each target,
 * targets by name, dependencies first (dag.go executeDAG, executeDAGTask).
 */
function visitingOrder(dependencies: Dependencies): readonly string[] {
  const needed = new Set([...dependencies.values()].flat());
  const visited = new Set<string>();
  const visit = (name: string): void => {
    if (visited.has(name) || !dependencies.has(name)) return;
    for (const before of dependencies.get(name) ?? []) visit(before);
    visited.add(name);
  };
  for (const name of [...dependencies.keys()].filter((one) => !needed.has(one)).sort()) visit(name);
  return [...visited];
}
