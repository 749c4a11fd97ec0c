/** Things of a list need names that are there, are well formed, and differ: `validateWorkflowFieldNames`. */

import type { Code } from '../../../diagnostics/catalogue.ts';
import { type Checker, report, type View } from '../frame.ts';
import { hasPlaceholder, placeholder } from '../tags.ts';

type Named = { readonly name?: string };

/** Templates, steps, tasks and containers. */
export const fieldName = /^[a-zA-Z0-9][-a-zA-Z0-9]*$/;
/** Parameters and artifacts. */
export const parameterName = /^[-a-zA-Z0-9_]+$/;

const longest = 128;

/** What is wrong with the name of a template, step, task or container. */
export function fieldNameFault(name: string): string | undefined {
  if (name.length > longest) return `has ${name.length} characters, ${longest} are the most`;
  if (!fieldName.test(name)) {
    return 'may hold letters, digits and "-" only, and begins with a letter or digit';
  }
  return undefined;
}

export function parameterNameFault(name: string): string | undefined {
  return parameterName.test(name) ? undefined : 'may hold letters, digits, "_" and "-" only';
}

export function checkNames(
  checker: Checker,
  list: readonly Named[] | undefined,
  what: string,
  faultOf: (name: string) => string | undefined,
  view: View = (text) => text,
): void {
  const firsts = new Map<string, Named>();
  for (const item of list ?? []) {
    const { name } = item;
    if (!name) {
      report(checker, 'missing-name', checker.spans.name(item), `this ${what} has no name`);
      continue;
    }
    const span = checker.spans.of(item, 'name');
    // Argo's stand-in for a value holds underscores, which parameters may have and templates may not.
    const seen = view(name);
    const fault = faultOf(seen.replaceAll(placeholder, '_'));
    // The stand-ins of different values differ.
    const identity = hasPlaceholder(seen) ? name : seen;
    const first = firsts.get(identity);
    if (fault) {
      const code: Code = name.length > longest && fieldName.test(name) ? 'name-too-long' : 'invalid-name';
      report(checker, code, span, `the name of ${what} "${shorten(name)}" ${fault}`);
    } else if (first) {
      const related = [{ span: checker.spans.of(first, 'name'), message: 'the first one' }];
      report(checker, 'duplicate-name', span, `a second ${what} is named "${name}"`, { related });
    }
    if (!first) firsts.set(identity, item);
  }
}

export function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
