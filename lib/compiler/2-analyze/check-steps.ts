/** Checks the groups of a steps template in order: each step sees what stands before it. `validateSteps`. */

import type { Step } from '../../argo/invocation.ts';
import {
  addInlineInputs,
  argumentsOf,
  type CheckCall,
  hasExitHook,
  referenceOf,
  spansOf,
} from './check-call-site.ts';
import { anyArguments, type Called, report } from './frame.ts';
import { addNodeOutputs } from './node-outputs.ts';
import { checkAsOne } from './open-tags.ts';
import { checkArguments } from './rules/arguments.ts';
import { fieldNameFault, shorten } from './rules/field-names.ts';
import { checkHooks } from './rules/hooks.ts';
import { checkLoop } from './rules/loops.ts';
import { checkDeadline } from './rules/time-limits.ts';
import { checkVariables, placeOf } from './rules/variables.ts';
import type { Scope } from './scope.ts';
import { hasPlaceholder, placeholder } from './tags.ts';
import { warnUndeclared } from './warnings/undeclared-arguments.ts';

export function checkSteps(called: Called, scope: Scope, checkCall: CheckCall): void {
  checkDeadline(called);
  const names = new Map<string, Step>();
  called.template.steps?.forEach((group, at) => {
    group.forEach((step, index) => {
      checkStep(called, { step, at, index }, scope, names, checkCall);
    });
  });
}

interface Placed {
  readonly step: Step;
  /** Of its group. */
  readonly at: number;
  /** Within its group. */
  readonly index: number;
}

function checkStep(
  called: Called,
  { step, at: group, index }: Placed,
  scope: Scope,
  names: Map<string, Step>,
  checkCall: CheckCall,
): void {
  const { frame, base, template, view } = called;
  if (!checkName(called, step, names)) return;
  const name = view(step.name ?? '');
  scope.add(`steps.${name}.status`);
  checkLoop(frame, step, scope);
  checkArguments(frame, step.arguments, `step "${step.name}"`, { mayLackValues: false, view });
  const at = spansOf(called, step, 'step');
  const reference = referenceOf(called, step);
  const callee = checkCall(frame, reference, base, anyArguments, at, template);
  const node = { root: 'steps', name, template: callee } as const;
  if (hasExitHook(step)) addNodeOutputs(frame, scope, { ...node, isAggregate: false });
  checkHooks(frame, step.hooks);
  const stepScope = scope.inner();
  addInlineInputs(step, stepScope);
  const place = placeOf(called, stepScope);
  const isWhole = checkAsOne(
    called,
    ({ steps }) => steps?.[group]?.[index],
    place,
    () => checkVariables(step, place),
  );
  const isAggregate = (step.withItems?.length ?? 0) > 0 || Boolean(step.withParam);
  addNodeOutputs(frame, scope, { ...node, isAggregate });
  if (!callee) return;
  if (isWhole) checkCall(frame, reference, base, argumentsOf(called, step), at, template);
  warnUndeclared(frame, step, callee);
}

function checkName({ frame, view }: Called, step: Step, names: Map<string, Step>): boolean {
  const { name } = step;
  if (!name) {
    report(frame, 'missing-name', frame.spans.name(step), 'this step has no name');
    return false;
  }
  const span = frame.spans.of(step, 'name');
  const seen = view(name);
  // The stand-ins of different values differ.
  const identity = hasPlaceholder(seen) ? name : seen;
  const first = names.get(identity);
  if (first) {
    const related = [{ span: frame.spans.of(first, 'name'), message: 'the first one' }];
    report(frame, 'duplicate-name', span, `a second step is named "${name}"`, { related });
    return false;
  }
  names.set(identity, step);
  const fault = fieldNameFault(seen.replaceAll(placeholder, 'x'));
  if (fault) report(frame, 'invalid-name', span, `the name of step "${shorten(name)}" ${fault}`);
  return true;
}
