/** Checks the tasks of a dag: how they depend on each other, and what each sees. `validateDAG`. */

import type { DagTask } from '../../argo/invocation.ts';
import type { Template } from '../../argo/template.ts';
import type { Span } from '../../diagnostics/source.ts';
import {
  addInlineInputs,
  argumentsOf,
  type CheckCall,
  hasExitHook,
  referenceOf,
  spansOf,
} from './check-call-site.ts';
import { type Ancestry, ancestryOf, dependenciesOf, sortTasks } from './dag-order.ts';
import { anyArguments, type Called, report } from './frame.ts';
import { addNodeOutputs } from './node-outputs.ts';
import { checkAsOne } from './open-tags.ts';
import { checkArguments } from './rules/arguments.ts';
import { checkTargets } from './rules/dag-targets.ts';
import { checkDependencies } from './rules/dependencies.ts';
import { checkNames, fieldNameFault } from './rules/field-names.ts';
import { checkLoop } from './rules/loops.ts';
import { checkDeadline } from './rules/time-limits.ts';
import { checkText, checkVariables, placeOf } from './rules/variables.ts';
import { createScope, type Scope } from './scope.ts';
import type { Tag } from './tags.ts';
import { warnUndeclared } from './warnings/undeclared-arguments.ts';

export function checkDag(called: Called, scope: Scope, checkCall: CheckCall): void {
  const { frame, template, title, view } = called;
  checkDeadline(called);
  const dag = template.dag!;
  const tasks = dag.tasks ?? [];
  if (tasks.length === 0) {
    report(frame, 'empty-dag', frame.spans.name(dag), `the dag of ${title} has no tasks`);
    return;
  }
  checkNames(frame, tasks, 'task', fieldNameFault, view);
  const dependencies = dependenciesOf(tasks);
  const isSound = checkDependencies(frame, tasks, dependencies);
  const sorted = isSound ? sortTasks(tasks, dependencies) : tasks;
  const callees = checkCallees(called, sorted, scope, checkCall);
  if (dag.target) {
    checkAsOne(
      called,
      (whole) => whole.dag?.target,
      placeOf(called, scope),
      () => checkText(dag.target!, () => frame.spans.of(dag, 'target'), placeOf(called, scope)),
    );
  }
  checkTargets(called, tasks);
  const waitsFor: Ancestry = isSound ? ancestryOf(sorted, dependencies) : () => true;
  const visible = new Set<string>();
  for (const task of sorted) {
    if (task.hooks) visible.add(task.name);
    checkTask(called, task, { scope, callees, waitsFor, visible, checkCall });
  }
  // The outputs of the template see the status of those tasks only that have hooks.
  for (const name of visible) scope.add(`tasks.${name}.status`);
}

/** The first round: what every task calls, and what it brings to the whole dag. */
function checkCallees(
  called: Called,
  tasks: readonly DagTask[],
  scope: Scope,
  checkCall: CheckCall,
): ReadonlyMap<string, Template | undefined> {
  const { frame, base, template } = called;
  const callees = new Map<string, Template | undefined>();
  for (const task of tasks) {
    const at = spansOf(called, task, 'task');
    const callee = checkCall(frame, referenceOf(called, task), base, anyArguments, at, template);
    callees.set(task.name, callee);
    const isAggregate = (task.withItems?.length ?? 0) > 0 || Boolean(task.withParam);
    addNodeOutputs(frame, scope, { root: 'tasks', name: task.name, template: callee, isAggregate });
  }
  return callees;
}

interface DagContext {
  readonly scope: Scope;
  readonly callees: ReadonlyMap<string, Template | undefined>;
  readonly waitsFor: Ancestry;
  /** Tasks with hooks met so far, whose status is visible to those after them. */
  readonly visible: ReadonlySet<string>;
  readonly checkCall: CheckCall;
}

function checkTask(called: Called, task: DagTask, context: DagContext): void {
  const { frame, base, template, view } = called;
  const { callees, waitsFor } = context;
  const callee = callees.get(task.name);
  const node = { root: 'tasks', name: task.name, template: callee, isAggregate: false } as const;
  if (hasExitHook(task)) addNodeOutputs(frame, context.scope, node);
  const taskScope = withStatuses(context, task.name);
  addInlineInputs(task, taskScope);
  checkLoop(frame, task, taskScope);
  const missing = checkWaits(called, task, waitsFor);
  const waits: Ancestry = (name, other) => missing.has(other) || waitsFor(name, other);
  const onTag = (tag: Tag, spanOf: () => Span) => warnOutside(called, task, waits, tag, spanOf);
  const place = { ...placeOf(called, taskScope), ...(frame.warns && { onTag }) };
  const isWhole = checkAsOne(
    called,
    ({ dag }) => dag?.tasks?.[template.dag!.tasks!.indexOf(task)],
    place,
    () => checkVariables(task, place),
  );
  checkArguments(frame, task.arguments, `task "${task.name}"`, { mayLackValues: false, view });
  const at = spansOf(called, task, 'task');
  if (!callee) return;
  const given = argumentsOf(called, task);
  if (isWhole) context.checkCall(frame, referenceOf(called, task), base, given, at, template);
  warnUndeclared(frame, task, callee);
}

/** The scope of the dag, with the status of each task that this one waits for. */
function withStatuses({ scope, waitsFor, visible, callees }: DagContext, task: string): Scope {
  const sees = (name: string): boolean => {
    if (scope.has(name)) return true;
    if (!name.startsWith('tasks.') || !name.endsWith('.status')) return false;
    const other = name.slice('tasks.'.length, -'.status'.length);
    return visible.has(other) || (callees.get(other) !== undefined && waitsFor(task, other));
  };
  return createScope({ ...scope, has: sees });
}

/**
 * In the middle of a text Argo does not ask whether the task is waited for, and the tag may have no value in
 * time.
 */
function warnOutside(called: Called, task: DagTask, waitsFor: Ancestry, tag: Tag, spanOf: () => Span): void {
  const { frame } = called;
  if (tag.isExpression || !tag.name.startsWith('tasks.')) return;
  const other = tag.name.split('.')[1]!;
  if (other === task.name || waitsFor(task.name, other)) return;
  if (!called.template.dag?.tasks?.some(({ name }) => name === other)) return;
  const message = `task "${task.name}" uses "${other}" but does not wait for it`;
  const hint = `add "${other}" to its depends or dependencies`;
  report(frame, 'outside-ancestry', spanOf(), message, { hint });
}

/**
 * An argument that is the result of a task needs that task among those waited for.
 * `validateDAGTaskArgumentDependency`.
 */
function checkWaits({ frame, view }: Called, task: DagTask, waitsFor: Ancestry): ReadonlySet<string> {
  const missing = new Set<string>();
  const check = (text: string | undefined, object: object, key: string) => {
    const seen = text && view(text);
    if (!seen?.startsWith('{{tasks.')) return;
    const other = seen.split('.')[1]!;
    if (waitsFor(task.name, other)) return;
    missing.add(other);
    const message = `task "${task.name}" uses a result of "${other}" but does not wait for it`;
    const hint = `add "${other}" to its depends or dependencies`;
    report(frame, 'missing-dependency', frame.spans.of(object, key), message, { hint });
  };
  for (const parameter of task.arguments?.parameters ?? []) check(parameter.value, parameter, 'value');
  for (const artifact of task.arguments?.artifacts ?? []) check(artifact.from, artifact, 'from');
  return missing;
}
