/** Which steps' stdout is kept as `outputs.result`: Argo captures it only if the enclosing template mentions it. */
import type { Template } from '../../argo/template.ts';
import { expression, isExpressionValue, textOf, type Value } from './value.ts';

/** Names whose `outputs.result` the template's text mentions, as tag or in an expression (operator.go hasOutputResultRef). */
function mentioned(template: Template): readonly string[] {
  const text = JSON.stringify(template);
  const root = template.dag ? 'tasks' : 'steps';
  const dotted = text.matchAll(new RegExp(`${root}\\.([^.{}\\s'"\\\\]+)\\.outputs\\.result`, 'g'));
  const indexed = text.matchAll(
    new RegExp(`${root}\\[(?:'|\\\\")([^'"\\\\]+)(?:'|\\\\")\\]\\.outputs.result`, 'g'),
  );
  return [...new Set([...dotted, ...indexed].map((match) => match[1] ?? ''))];
}

/**
 * Whether a member's stdout is captured. Argo looks for the name that stands last before the first bracket of the
 * node's name (operator.go getStepOrDAGTaskName), so below a loop or a retry it is the name of the outermost of them.
 */
export function captureOf(template: Template, member: string, under: Value | undefined): Value {
  const names = mentioned(template);
  if (under === undefined) return names.includes(member);
  if (typeof under === 'string') return names.includes(under);
  if (!isExpressionValue(under)) return false;
  const own = names.includes(member);
  return expression(`${under.text} = null ? ${own} : ${under.text} in ${textOf([...names])}`);
}
