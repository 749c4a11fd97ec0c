/**
 * What `depends`, or the older `dependencies`, turns into (workflow/common/ancestry.go,
 * GetTaskDependencies).
 */
import { type ContinueOn, isTaskResult, plainResults } from './ast.ts';

/** What a DAG task says about what it waits for. */
export interface DependsSource {
  readonly depends?: string | undefined;
  readonly dependencies?: readonly string[] | undefined;
}

/** `items`: the task must be a loop, since `.AnySucceeded` or `.AllFailed` is asked of it. */
export type DependencyKind = 'task' | 'items';

export type DependsRewrite =
  | { readonly ok: true; readonly logic: string; readonly dependencies: ReadonlyMap<string, DependencyKind> }
  | { readonly ok: false; readonly error: string; readonly position: number; readonly task: string };

/** What is known of another task of the DAG; undefined where there is none of that name. */
export type TaskLookup = (task: string) => { readonly continueOn?: ContinueOn | undefined } | undefined;

const reference = /([a-zA-Z0-9][-a-zA-Z0-9]*?\.[A-Z][a-zA-Z]+)|[a-zA-Z0-9][-a-zA-Z0-9]*/g;

class UnknownTask extends Error {
  readonly task: string;
  readonly position: number;
  constructor(task: string, position: number) {
    super(`target ${task} does not exist`);
    this.task = task;
    this.position = position;
  }
}

function expanded(task: string, lookup: TaskLookup, position: number): string {
  const found = lookup(task);
  if (!found) throw new UnknownTask(task, position);
  return `(${plainResults(found.continueOn)
    .map((result) => `${task}.${result}`)
    .join(' || ')})`;
}

function rewriteText(text: string, lookup: TaskLookup): DependsRewrite {
  const dependencies = new Map<string, DependencyKind>();
  const logic = text.replace(reference, (word: string, withResult: string | undefined, at: number) => {
    const [task = '', result] = word.split('.');
    if (withResult === undefined) {
      // A name alone takes back what an earlier `.AnySucceeded` asked for; a later one asks again.
      dependencies.set(task, 'task');
      return expanded(task, lookup, at);
    }
    if (result === 'AnySucceeded' || result === 'AllFailed') dependencies.set(task, 'items');
    else if (!dependencies.has(task)) dependencies.set(task, 'task');
    return word;
  });
  return { ok: true, logic, dependencies };
}

/** The logic that is evaluated for a task and the tasks it waits for. A word that is no task is an error. */
export function rewriteDepends(source: DependsSource, lookup: TaskLookup): DependsRewrite {
  try {
    if (source.depends) return rewriteText(source.depends, lookup);
    const parts = (source.dependencies ?? []).map((task) => expanded(task, lookup, 0));
    return rewriteText(parts.join(' && '), lookup);
  } catch (error) {
    if (!(error instanceof UnknownTask)) throw error;
    return { ok: false, error: error.message, position: error.position, task: error.task };
  }
}

export interface ResultFault {
  readonly error: string;
  readonly task: string;
  readonly result: string;
  /** UTF-16 offset of the result's word in `depends`. */
  readonly position: number;
}

/** The first word after a dot that is no result (ValidateTaskResults); undefined where all are. */
export function findBadResult(depends: string): ResultFault | undefined {
  for (const match of depends.matchAll(reference)) {
    const [task = '', result] = match[0].split('.');
    if (match[1] === undefined || result === undefined || isTaskResult(result)) continue;
    const error = `task result '${result}' for task '${task}' is invalid`;
    return { error, task, result, position: match.index + task.length + 1 };
  }
  return undefined;
}
