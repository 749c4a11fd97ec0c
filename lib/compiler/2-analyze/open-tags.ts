/**
 * Tags without an end. Argo replaces tags in the JSON text of a whole template, where a `{{` reaches to the next `}}`,
 * be it that of another tag or the ends of two maps, and looks for what is left in the text of each step, each task, the
 * outputs, or the template (`SubstituteParams` in `workflow/common/util.go`, `resolveAllVariables` in
 * `workflow/validate/validate.go`). Each text by itself tells the same as long as all its tags have ends; otherwise it is
 * done here as Argo does it.
 */

import type { Template } from '../../argo/template.ts';
import { tagSpan } from '../../diagnostics/span.ts';
import { expressionValue } from './expression-value.ts';
import { type Called, type GivenArguments, localsOf, ownOf, report } from './frame.ts';
import { goJson } from './go-json.ts';
import { isVisible, type Place } from './rules/variables.ts';
import { hasOpenTag, type Lookup, placeholder, replaceTags, tagsOf } from './tags.ts';

/**
 * Checks what Argo looks through as one text; `each` does so text by text. False where a tag lacks its end: to go on with
 * what was brought by it would tell the same again.
 */
export function checkAsOne(
  called: Called,
  partOf: (template: Template) => unknown,
  place: Place,
  each: () => void,
): boolean {
  const { replaced } = called;
  const isWhole = replaced === undefined;
  if (!isWhole && replaced !== 'torn') {
    if (isSound(JSON.stringify(partOf(replaced) ?? null), place)) return true;
    reportOpen(called, partOf(called.template));
  }
  each();
  return isWhole;
}

function isSound(text: string, { scope, frame }: Place): boolean {
  return tagsOf(text).every(
    ({ name, isExpression, isClosed }) => isClosed && (isExpression || isVisible(name, scope, frame)),
  );
}

/** The template as it is when its tags have been replaced; `torn`, and reported, where that fails. */
export function replaceAll(called: Called, given: GivenArguments): Template | 'torn' {
  const { frame, template } = called;
  const locals = new Set(localsOf(template));
  const general: Lookup = (name) => frame.globals.get(name) ?? (locals.has(name) ? placeholder : undefined);
  const first = replaceJson(goJson(bind(called, given), 'Template'), general);
  const half = first === undefined ? {} : (JSON.parse(first) as Template);
  const inputs = new Map(half.inputs?.parameters?.map(({ name, value = '' }) => [name, value]));
  const second = first && replaceJson(first, (name) => general(name) ?? ownOf(half, inputs, name));
  if (second) return JSON.parse(second) as Template;
  reportOpen(called, template);
  return 'torn';
}

/** `ProcessArgs`: the template with its arguments for inputs, and with the labels for all pods. */
function bind({ template, base }: Called, given: GivenArguments): Template {
  const { inputs = {}, metadata = {} } = template;
  const { podMetadata = {} } = base.templates.get(template.name ?? '') === template ? base.spec : {};
  return {
    ...template,
    metadata: {
      annotations: { ...podMetadata.annotations, ...metadata.annotations },
      labels: { ...podMetadata.labels, ...metadata.labels },
    },
    inputs: {
      parameters: (inputs.parameters ?? []).map(({ value, valueFrom, ...rest }) => ({
        ...rest,
        ...(given.parameter(rest.name) ?? { value: value ?? rest.default, valueFrom }),
      })),
      artifacts: (inputs.artifacts ?? []).map((input) => {
        const { path, mode, recurseMode } = input;
        const argument = given.artifact(input.name);
        return argument ? { ...argument, path, mode, recurseMode } : input;
      }),
    } as Template['inputs'] & {},
  };
}

/** Undefined where Argo gives up: no end is left for a tag, or an expression is torn apart. */
function replaceJson(json: string, lookup: Lookup): string | undefined {
  if (hasOpenTag(json)) return undefined;
  let isTorn = false;
  const evaluate = expressionValue(lookup);
  const quoted = (value: string | undefined) =>
    value === undefined ? undefined : JSON.stringify(value).slice(1, -1);
  const text = replaceTags(
    json,
    (name) => quoted(lookup(name)),
    (expression) => {
      const unquoted = parsed(`"${expression}"`);
      isTorn ||= typeof unquoted !== 'string';
      return typeof unquoted === 'string' ? quoted(evaluate(unquoted)) : undefined;
    },
  );
  return isTorn || parsed(text) === undefined ? undefined : text;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Points at the first tag without an end, or at the template where only a value brings one. */
function reportOpen({ frame, template, title }: Called, part: unknown): void {
  const found = firstOpen(part) ?? firstOpen(template);
  if (!found) {
    const message = `a value that ${title} uses has a "{{" with no closing "}}"`;
    report(frame, 'unknown-variable', frame.spans.name(template), message);
    return;
  }
  const { name, index } = tagsOf(found.text).at(-1)!;
  const shown = name.split(/\s/)[0]!.slice(0, 60);
  const span = tagSpan(frame.spans.of(found.object, found.key), index);
  report(frame, 'unknown-variable', span, `"{{${shown}" has no closing "}}"`);
}

interface OpenText {
  readonly object: object;
  readonly key: string;
  readonly text: string;
}

function firstOpen(object: unknown): OpenText | undefined {
  if (typeof object !== 'object' || object === null) return undefined;
  for (const [key, value] of Object.entries(object)) {
    if (typeof value === 'string' && hasOpenTag(value)) return { object, key, text: value };
    const found = firstOpen(value);
    if (found) return found;
  }
  return undefined;
}
