/**
 * Expressions that cannot be read: Argo's linter passes them, and the node that uses them is an Error when it
 * runs.
 */

import type { Span } from '../../../diagnostics/source.ts';
import { tagSpan } from '../../../diagnostics/span.ts';
import { parseDepends } from '../../../expression/depends/parse.ts';
import { ExprFault } from '../../../expression/expr/fault.ts';
import { parseTree } from '../../../expression/expr/parser.ts';
import { parseWhen } from '../../../expression/when/when.ts';
import { type Checker, report } from '../frame.ts';
import { tagsOf } from '../tags.ts';

/** The syntax of an expression; one with tags in it is only known once they are replaced. */
export function warnExpression(checker: Checker, text: string | undefined, spanOf: () => Span): void {
  if (!text || text.includes('{{')) return;
  const fault = expressionFault(text);
  if (fault) report(checker, 'invalid-expression', spanOf(), `this expression cannot be read: ${fault}`);
}

/** The `{{=…}}` of a text. */
export function warnExpressionTags(checker: Checker, text: string, spanOf: () => Span): void {
  if (!text.includes('{{=')) return;
  for (const tag of tagsOf(text)) {
    if (!tag.isExpression || !tag.isClosed) continue;
    const fault = expressionFault(tag.text.slice(1));
    if (!fault) continue;
    const message = `this expression cannot be read: ${fault}`;
    report(checker, 'invalid-expression', tagSpan(spanOf(), tag.index), message);
  }
}

function expressionFault(text: string): string | undefined {
  try {
    parseTree(text);
    return undefined;
  } catch (error) {
    if (error instanceof ExprFault) return error.message.split('\n')[0];
    throw error;
  }
}

/** The syntax of `when`, each tag standing for a word. */
export function warnWhen(checker: Checker, text: string | undefined, spanOf: () => Span): void {
  if (!text) return;
  const parsed = parseWhen(text.replace(/\{\{.*?\}\}/gs, 'value'));
  if (parsed.ok) return;
  const hint = "put single quotes around texts and tags: '{{…}}' == 'yes'";
  report(checker, 'invalid-condition', spanOf(), `this condition cannot be read: ${parsed.error}`, { hint });
}

export function warnDepends(checker: Checker, text: string | undefined, spanOf: () => Span): void {
  if (!text) return;
  const parsed = parseDepends(text);
  if (parsed.ok) return;
  const hint = 'combine tasks with &&, ||, ! and parentheses';
  report(checker, 'invalid-expression', spanOf(), `depends cannot be read: ${parsed.error}`, { hint });
}
