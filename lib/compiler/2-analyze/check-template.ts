/** Checks one call of a template, and the template's body the first time it is met. `validateTemplate`. */

import { type Template, typesOf } from '../../argo/template.ts';
import { checkDag } from './check-dag.ts';
import { checkLeaf } from './check-leaf.ts';
import { checkSteps } from './check-steps.ts';
import { type Called, type Frame, type GivenArguments, localsOf, report, viewOf } from './frame.ts';
import { checkAsOne, replaceAll } from './open-tags.ts';
import { type Reference, type ReferenceSpans, resolveReference } from './resolve.ts';
import { checkLocation, hasLocationOrKey } from './rules/artifact-location.ts';
import { addOwnVariables, checkInputs } from './rules/inputs.ts';
import { checkMetrics } from './rules/metrics.ts';
import { checkOutputs } from './rules/outputs.ts';
import { checkPodResources } from './rules/pod-resources.ts';
import { checkRetryPolicy } from './rules/retry-policy.ts';
import { checkTimeouts } from './rules/time-limits.ts';
import { checkVariables, placeOf } from './rules/variables.ts';
import { createScope } from './scope.ts';
import type { TemplateBase } from './stores.ts';
import { hasOpenTag, holdsOpenTag, placeholder, replaceTags } from './tags.ts';
import { isPodType, replacedType } from './template-kind.ts';

/** Far above Argo's own limit of 100 nested templates, and well below what a stack holds. */
const deepest = 400;

/** The template that a reference means, checked; undefined when there is none to look at. */
export function checkCall(
  frame: Frame,
  reference: Reference,
  base: TemplateBase,
  given: GivenArguments,
  at: ReferenceSpans,
  caller?: Template,
): Template | undefined {
  const resolution = resolveReference(frame, reference, base, at);
  if (resolution.kind !== 'found') return undefined;
  const { template, base: owner } = resolution;
  if (caller) noteCall(frame, caller, template);
  if (frame.depth.value < deepest) {
    frame.depth.value++;
    checkTemplate(frame, template, owner, given);
    frame.depth.value--;
  }
  return template;
}

function noteCall(frame: Frame, caller: Template, callee: Template): void {
  const known = frame.calls.get(caller);
  if (known) known.add(callee);
  else frame.calls.set(caller, new Set([callee]));
}

function checkTemplate(frame: Frame, template: Template, base: TemplateBase, given: GivenArguments): void {
  const inputs = bindInputs(frame, template, given);
  const title = template.name ? `"${template.name}"` : 'the inline template';
  const view = viewOf(frame, template, inputs);
  const follows = frame.values.haveTags || [...inputs.values()].some((value) => value.includes('{{'));
  const known: Called = { frame, template, base, title, view, follows };
  const replaced = needsEnds(frame, template, inputs) && replaceAll(known, given);
  const called: Called = { ...known, ...(replaced && { replaced }) };
  checkTimeouts(called);
  const id = `${base.kind}/${base.namespace}/${base.name}/${template.name ?? ''}`;
  if (frame.visited.has(id)) return;
  frame.visited.add(id);
  checkHead(called);
  checkBody(called, given);
}

/** Whether a tag without an end stands in the template, or in what may be put into it. */
function needsEnds(frame: Frame, template: Template, inputs: ReadonlyMap<string, string>): boolean {
  if (frame.values.haveOpenTags || [...inputs.values()].some(hasOpenTag)) return true;
  const known = frame.open.get(template);
  if (known !== undefined) return known;
  const isOpen = holdsOpenTag(template);
  frame.open.set(template, isOpen);
  return isOpen;
}

/** What concerns the template as it is written, whatever it is called with. */
function checkHead(called: Called): void {
  const { frame, template, title } = called;
  const { spans } = frame;
  checkRetryPolicy(called);
  const [type, second] = typesOf(template);
  if (second) {
    const message = `${title} is both ${type} and ${second}`;
    report(frame, 'several-template-types', spans.key(template, second), message);
  }
  if (template.podResources && (type === 'http' || type === 'plugin')) {
    const message = `${title} is a ${type} template, which has no pod of its own`;
    report(frame, 'invalid-pod-resources', spans.key(template, 'podResources'), message);
  }
  checkPodResources(frame, template.podResources);
  checkInputs(called);
  for (const container of template.initContainers ?? []) {
    if (container.name) continue;
    report(frame, 'missing-name', spans.name(container), 'this init container has no name');
  }
  if (template.resourceClaims?.length && !isPodType(template)) {
    const message = `${title} is a ${type} template, which runs no pod and takes no resourceClaims`;
    report(frame, 'misplaced-field', spans.key(template, 'resourceClaims'), message);
  }
}

function checkBody(called: Called, given: GivenArguments): void {
  const { frame, template, title } = called;
  const scope = createScope();
  addOwnVariables(called, scope);
  scope.add(...localsOf(template));
  const type = replacedType(template);
  if (type === 'steps') checkSteps(called, scope, checkCall);
  else if (type === 'dag') checkDag(called, scope, checkCall);
  else checkLeaf(called, scope, given);
  const place = placeOf(called, scope);
  checkAsOne(
    called,
    ({ outputs }) => outputs,
    place,
    () => checkVariables(template.outputs, place),
  );
  checkOutputs(called);
  if (template.archiveLocation)
    checkLocation(frame, template.archiveLocation, `the archiveLocation of ${title}`);
  checkMetrics(called);
}

/** `ProcessArgs`: each input gets its argument or its default; one that gets neither is missing. */
function bindInputs(frame: Frame, template: Template, given: GivenArguments): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const general = (name: string) => frame.globals.get(name);
  const missing = (what: string, name: string) => {
    const message = `the ${what} "${name}" of template "${template.name ?? ''}" is not given`;
    const related = [
      { span: frame.spans.of(inputOf(template, what, name), 'name'), message: 'declared here' },
    ];
    const code = 'missing-argument';
    if (given.span) report(frame, code, given.span, message, { related });
  };
  for (const input of template.inputs?.parameters ?? []) {
    const argument = given.parameter(input.name);
    const value = argument ? argument.value : (input.value ?? input.default);
    const source = argument
      ? argument.value === undefined
        ? argument.valueFrom
        : undefined
      : input.valueFrom;
    if (source?.configMapKeyRef) values.set(input.name, placeholder);
    else if (value === undefined) missing('input parameter', input.name);
    else values.set(input.name, replaceTags(value, general));
  }
  for (const artifact of template.inputs?.artifacts ?? []) {
    if (artifact.optional || hasLocationOrKey(artifact) || given.artifact(artifact.name)) continue;
    missing('input artifact', artifact.name);
  }
  return values;
}

function inputOf(template: Template, what: string, name: string): object {
  const { parameters, artifacts } = template.inputs ?? {};
  const list: readonly { readonly name: string }[] | undefined =
    what === 'input parameter' ? parameters : artifacts;
  return list?.find((input) => input.name === name) ?? template;
}
