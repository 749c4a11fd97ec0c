/** What Argo's linter says about the dependencies of a DAG's tasks (workflow/validate/validate.go, validateDAG). */
import type { ContinueOn } from './ast.ts';
import { type DependencyKind, type DependsSource, findBadResult, rewriteDepends } from './rewrite.ts';

/** What is looked at of a task. */
export interface DependsTask extends DependsSource {
  readonly name: string;
  readonly continueOn?: ContinueOn | undefined;
  /** Whether the task is a loop: withItems that is not empty, withParam, withSequence. */
  readonly isLoop?: boolean | undefined;
  /** The values of its argument parameters and the `from` of its artifacts. */
  readonly arguments?: readonly DependsArgument[] | undefined;
}

export interface DependsArgument {
  readonly kind: 'parameter' | 'artifact';
  readonly name: string;
  readonly text: string;
}

export type DependsFaultCode =
  | 'dag-without-tasks'
  | 'duplicate-task'
  | 'unknown-dependency'
  | 'dependency-cycle'
  | 'invalid-task-name'
  | 'task-name-begins-with-digit'
  | 'depends-with-dependencies'
  | 'depends-with-continue-on'
  | 'invalid-task-result'
  | 'items-result-of-no-loop'
  | 'missing-dependency'
  | 'unknown-target';

export interface DependsFault {
  readonly code: DependsFaultCode;
  /** Argo's own words, without the path before them. */
  readonly message: string;
  /** The task that has the fault; absent where it is the DAG's. */
  readonly task?: string;
  /** The place in the task: `name`, `depends`, `dependencies[1]`, `continueOn`, `arguments`; `target` of the DAG. */
  readonly field?: string;
  /** UTF-16 offset in the text of that field. */
  readonly position?: number;
  /** The other task that it is about. */
  readonly other?: string;
}

type Dependencies = ReadonlyMap<string, ReadonlyMap<string, DependencyKind>>;

const taskName = /^[a-zA-Z0-9][-a-zA-Z0-9]*$/;
const longestName = 128;
const parameter = /\{\{[-a-zA-Z0-9]+(?:\.[-a-zA-Z0-9_]+)*\}\}/;
const nameRule =
  "name must consist of alpha-numeric characters or '-', and must start with an alpha-numeric character (e.g. My-name1-2, 123-NAME)";

function dependenciesOf(tasks: readonly DependsTask[]): Dependencies {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  return new Map(
    tasks.map((task) => {
      // A name that is no task is a finding of its own, so the rewriting must not stop at it.
      const rewritten = rewriteDepends(task, (name) => byName.get(name) ?? {});
      return [task.name, rewritten.ok ? rewritten.dependencies : new Map()];
    }),
  );
}

/** Where a task names another, for the caret. */
function placeOf(task: DependsTask, other: string): Pick<DependsFault, 'field' | 'position'> {
  if (!task.depends) {
    const index = (task.dependencies ?? []).indexOf(other);
    return index < 0 ? { field: 'dependencies' } : { field: `dependencies[${index}]`, position: 0 };
  }
  const words = task.depends.matchAll(/[a-zA-Z0-9][-a-zA-Z0-9]*/g);
  const found = [...words].find((match) => match[0] === other);
  return found ? { field: 'depends', position: found.index } : { field: 'depends' };
}

function checkNames(tasks: readonly DependsTask[]): DependsFault[] {
  const faults: DependsFault[] = [];
  const seen = new Set<string>();
  for (const { name } of tasks) {
    const about = { task: name, field: 'name', position: 0 };
    if (seen.has(name))
      faults.push({ code: 'duplicate-task', message: `name '${name}' is not unique`, ...about });
    seen.add(name);
    if (name === '') faults.push({ code: 'invalid-task-name', message: 'name is required', ...about });
    else if (name.length > longestName) {
      const message = `'${name}' is invalid: must be no more than ${longestName} characters`;
      faults.push({ code: 'invalid-task-name', message, ...about });
    } else if (!taskName.test(name)) {
      faults.push({ code: 'invalid-task-name', message: `'${name}' is invalid: ${nameRule}`, ...about });
    }
  }
  return faults;
}

function checkUnknown(tasks: readonly DependsTask[], dependencies: Dependencies): DependsFault[] {
  return tasks.flatMap((task) =>
    [...(dependencies.get(task.name)?.keys() ?? [])]
      .filter((other) => !dependencies.has(other))
      .map((other): DependsFault => {
        const message = `invalid dependency ${other}`;
        return { code: 'unknown-dependency', message, task: task.name, other, ...placeOf(task, other) };
      }),
  );
}

/** The tasks that are left when those are taken away, again and again, whose dependencies are all gone. */
function tasksInCycles(dependencies: Dependencies): readonly string[] {
  const waiting = new Map([...dependencies].map(([name, needs]) => [name, needs.size]));
  const dependants = new Map<string, string[]>();
  for (const [name, needs] of dependencies) {
    for (const other of needs.keys()) dependants.set(other, [...(dependants.get(other) ?? []), name]);
  }
  const ready = [...waiting].filter(([, count]) => count === 0).map(([name]) => name);
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    waiting.delete(name);
    for (const next of dependants.get(name) ?? []) {
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  return [...waiting.keys()];
}

/** One cycle through tasks that all wait, in the order in which each waits for the next. */
function findCycle(dependencies: Dependencies): readonly string[] {
  const stuck = new Set(tasksInCycles(dependencies));
  const path: string[] = [];
  const seen = new Map<string, number>();
  let name = [...stuck][0];
  while (name !== undefined && !seen.has(name)) {
    seen.set(name, path.length);
    path.push(name);
    name = [...(dependencies.get(name)?.keys() ?? [])].find((other) => stuck.has(other));
  }
  return name === undefined ? [] : path.slice(seen.get(name));
}

function checkCycle(tasks: readonly DependsTask[], dependencies: Dependencies): DependsFault[] {
  const cycle = findCycle(dependencies);
  const first = tasks.find(({ name }) => name === cycle[0]);
  const [, second = cycle[0] ?? ''] = cycle;
  if (!first) return [];
  const message = `dependency cycle detected: ${[...cycle, cycle[0]].join('->')}`;
  return [{ code: 'dependency-cycle', message, task: first.name, other: second, ...placeOf(first, second) }];
}

function checkForms(tasks: readonly DependsTask[]): DependsFault[] {
  const usesDepends = tasks.some(({ depends }) => depends !== undefined && depends !== '');
  return tasks.flatMap((task) => {
    const faults: DependsFault[] = [];
    const hasDependencies = (task.dependencies?.length ?? 0) > 0;
    if ((usesDepends || hasDependencies) && /^[0-9]/.test(task.name)) {
      const message = "name cannot begin with a digit when using either 'depends' or 'dependencies'";
      faults.push({
        code: 'task-name-begins-with-digit',
        message,
        task: task.name,
        field: 'name',
        position: 0,
      });
    }
    if (usesDepends && hasDependencies) {
      const message = "cannot use both 'depends' and 'dependencies' in the same DAG template";
      faults.push({ code: 'depends-with-dependencies', message, task: task.name, field: 'dependencies' });
    }
    if (usesDepends && task.continueOn) {
      const message =
        "cannot use 'continueOn' when using 'depends'. Instead use 'dep-task.Failed'/'dep-task.Errored'";
      faults.push({ code: 'depends-with-continue-on', message, task: task.name, field: 'continueOn' });
    }
    return faults;
  });
}

function checkResults(tasks: readonly DependsTask[], dependencies: Dependencies): DependsFault[] {
  const loops = new Set(tasks.filter(({ isLoop }) => isLoop).map(({ name }) => name));
  return tasks.flatMap((task) => {
    const faults: DependsFault[] = [];
    const bad = findBadResult(task.depends ?? '');
    if (bad) {
      const place = { field: 'depends', position: bad.position, other: bad.task };
      faults.push({ code: 'invalid-task-result', message: bad.error, task: task.name, ...place });
    }
    for (const [other, kind] of dependencies.get(task.name) ?? []) {
      if (kind !== 'items' || loops.has(other) || !dependencies.has(other)) continue;
      const message = `dependency '${other}' uses an items-based condition such as .AnySucceeded or .AllFailed but does not contain any items`;
      faults.push({
        code: 'items-result-of-no-loop',
        message,
        task: task.name,
        other,
        ...placeOf(task, other),
      });
    }
    return faults;
  });
}

/** All tasks that a task waits for, directly or not. */
function ancestorsOf(task: string, dependencies: Dependencies): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [task];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const other of dependencies.get(name)?.keys() ?? []) {
      if (found.has(other)) continue;
      found.add(other);
      open.push(other);
    }
  }
  return found;
}

/** Only a value that begins with `{{tasks.` is looked at: `x-{{tasks.a…}}` passes. */
function checkArguments(tasks: readonly DependsTask[], dependencies: Dependencies): DependsFault[] {
  return tasks.flatMap((task) => {
    const references = (task.arguments ?? []).filter(({ text }) => text.startsWith('{{tasks.'));
    if (references.length === 0) return [];
    const ancestors = ancestorsOf(task.name, dependencies);
    return references.flatMap(({ kind, name, text }) => {
      const other = text.split('.')[1] ?? '';
      if (ancestors.has(other)) return [];
      const message = `missing dependency '${other}' for ${kind} '${name}'`;
      return [{ code: 'missing-dependency', message, task: task.name, field: 'arguments', other } as const];
    });
  });
}

function checkTarget(tasks: readonly DependsTask[], target: string): DependsFault[] {
  if (target === '') return [];
  const names = new Set(tasks.map(({ name }) => name));
  return target.split(' ').flatMap((name): DependsFault[] => {
    if (names.has(name) || parameter.test(name)) return [];
    return [
      { code: 'unknown-target', message: `target '${name}' is not defined`, field: 'target', other: name },
    ];
  });
}

/**
 * The faults of a DAG's dependencies. Argo stops at the first; here are all of them, save those that follow from names or
 * tasks that are already wrong. The syntax of `depends` is not looked at, as upstream: `parseDepends` tells.
 */
export function validateDependsDag(tasks: readonly DependsTask[], target = ''): readonly DependsFault[] {
  if (tasks.length === 0) return [{ code: 'dag-without-tasks', message: 'must have at least one task' }];
  const dependencies = dependenciesOf(tasks);
  const unknown = checkUnknown(tasks, dependencies);
  return [
    ...checkNames(tasks),
    ...unknown,
    ...(unknown.length === 0 ? checkCycle(tasks, dependencies) : []),
    ...checkForms(tasks),
    ...checkResults(tasks, dependencies),
    ...(unknown.length === 0 ? checkArguments(tasks, dependencies) : []),
    ...checkTarget(tasks, target),
  ];
}
