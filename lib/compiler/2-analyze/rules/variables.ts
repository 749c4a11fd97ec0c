/**
 * Every `{{tag}}` that begins like a variable must be visible where it stands.
 * `resolveAllVariables` in `workflow/validate/validate.go`;
 * https://argo-workflows.readthedocs.io/en/latest/variables/
 */

import { variableRoots } from '../../../argo/variables.ts';
import { nearestName } from '../../../diagnostics/did-you-mean.ts';
import type { Span } from '../../../diagnostics/source.ts';
import { tagSpan } from '../../../diagnostics/span.ts';
import { type Called, type Frame, report, type View } from '../frame.ts';
import type { Scope } from '../scope.ts';
import { type Tag, tagsOf } from '../tags.ts';
import { warnUnknownRoot } from '../warnings/template-warnings.ts';

/** Tags that begin otherwise are left in the text, for whatever program reads it. */
const roots: readonly string[] = variableRoots;

/** Known only at run time, and accepted by what they begin with. */
const lateRoots = [
  'outputs.',
  'workflow.creationTimestamp',
  'workflow.scheduledTime',
  'workflow.duration',
  'tasks.name',
  'steps.name',
  'node.name',
];

export const anyItem = 'item.*';
export const anyGlobalParameter = 'workflow.outputs.parameters.*';
export const anyGlobalArtifact = 'workflow.outputs.artifacts.*';

export function isVisible(name: string, scope: Scope, frame: Frame): boolean {
  if (!roots.some((root) => name.startsWith(root))) return true;
  if (scope.has(name) || frame.globals.has(name)) return true;
  const sees = (any: string) => scope.has(any) || frame.globals.has(any);
  if (name.startsWith('item.') && scope.has(anyItem)) return true;
  if (name.startsWith('workflow.outputs.parameters.') && sees(anyGlobalParameter)) return true;
  if (name.startsWith('workflow.outputs.artifacts.') && sees(anyGlobalArtifact)) return true;
  if (lateRoots.some((root) => name.startsWith(root))) return true;
  return frame.isLibrary && name.startsWith('workflow.parameters');
}

/** What holds the text and what it may see. */
export interface Place {
  readonly frame: Frame;
  readonly scope: Scope;
  /** The words before "sees" in the explanation, such as `template "main"`. */
  readonly owner: string;
  /** What a nested tag makes of the tag around it. */
  readonly view: View;
  /** Whether the value of a tag may hold tags itself. */
  readonly follows: boolean;
  /** Called with every tag met, visible or not. */
  readonly onTag?: (tag: Tag, span: () => Span) => void;
}

export function placeOf({ frame, title, view, follows }: Called, scope: Scope): Place {
  return { frame, scope, owner: `template ${title}`, view, follows };
}

/** Checks all texts of a value, however deep; `skip` names objects that are left out. */
export function checkVariables(value: unknown, place: Place, skip?: (object: object) => boolean): void {
  if (typeof value !== 'object' || value === null || skip?.(value)) return;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) checkField(value, index, value[index], place, skip);
    return;
  }
  for (const key in value) {
    checkField(value, key, (value as Record<string, unknown>)[key], place, skip);
    if (key.includes('{{')) checkText(key, () => place.frame.spans.key(value, key), place);
  }
}

/** Checks the texts of those fields alone that are asked for. */
export function checkFields(object: object, place: Place, isAsked: (key: string) => boolean): void {
  for (const [key, value] of Object.entries(object)) if (isAsked(key)) checkField(object, key, value, place);
}

function checkField(
  object: object,
  key: string | number,
  value: unknown,
  place: Place,
  skip?: (object: object) => boolean,
): void {
  if (typeof value === 'string') checkText(value, () => place.frame.spans.of(object, key), place);
  else checkVariables(value, place, skip);
}

/** Checks one text, and what values bring into it; tags without an end are `checkAsOne`'s. */
export function checkText(text: string, spanOf: () => Span, place: Place): void {
  if (!text.includes('{{')) return;
  for (const tag of tagsOf(text)) {
    const at = () => tagSpan(spanOf(), tag.index);
    place.onTag?.(tag, at);
    warnUnknownRoot(place.frame, tag, at);
    if (tag.isExpression || !tag.isClosed || tag.name === 'inputs.parameters') continue;
    if (!isTagVisible(tag, place)) reportHidden(tag, at, place);
    else if (place.follows) checkValue(tag, at, place);
  }
}

/** A value is put in as it is, with tags that nothing replaces any more. */
function checkValue(tag: Tag, at: () => Span, place: Place): void {
  const written = `{{${tag.text}}}`;
  const value = place.view(written);
  if (value === written) return;
  for (const brought of tagsOf(value)) {
    if (brought.isExpression || !brought.isClosed || isTagVisible(brought, place)) continue;
    reportHidden(brought, at, place);
  }
}

/** `{{a.{{b}}}}` is the variable whose name the value of `b` completes. */
function isTagVisible(tag: Tag, { scope, frame, view }: Place): boolean {
  if (!tag.text.includes('{{')) return isVisible(tag.name, scope, frame);
  const braces = tag.text.split('{{').length;
  const seen = view(`{{${tag.text}${'}}'.repeat(braces)}`);
  return tagsOf(seen).every(({ name }) => isVisible(name, scope, frame));
}

function reportHidden(tag: Tag, spanOf: () => Span, place: Place): void {
  const { notes, hint } = explain(tag.name, place);
  const message = `{{${tag.name}}} is not visible here`;
  report(place.frame, 'unknown-variable', spanOf(), message, { notes, ...(hint && { hint }) });
}

function explain(name: string, place: Place): { readonly notes: readonly string[]; readonly hint?: string } {
  const nearest = nearestName(name, candidates(place));
  const hint = nearest === undefined ? undefined : `did you mean {{${nearest}}}?`;
  const notes = [whyHidden(name, place.owner)];
  return hint ? { notes, hint } : { notes };
}

function* candidates(place: Place): Iterable<string> {
  yield* place.scope.names();
  yield* place.frame.globals.keys();
}

function whyHidden(name: string, owner: string): string {
  const [root, first] = name.split('.');
  if (root === 'inputs') return `${owner} declares no such input.`;
  if (root === 'steps' || root === 'tasks') {
    const visible = `results of its own ${root} only, and only of those that come before`;
    return `${owner} sees ${visible}: "${first}" gives no such value here.`;
  }
  if (root === 'item') return `${owner} sees {{item}} only inside withItems, withParam or withSequence.`;
  if (root === 'workflow') return 'The workflow has no such variable here.';
  return `${owner} sees its own inputs, the workflow's variables, and its own steps or tasks.`;
}
