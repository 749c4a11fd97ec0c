/** Which steps' stdout is kept as `outputs.result`: Argo captures it only if the enclosing template mentions it. */
import type { Template } from '../../argo/template.ts';

/** Members whose result a template's text mentions, as tag or in an expression (operator.go hasOutputResultRef). */
export function capturesOf(template: Template): ReadonlySet<string> {
  const text = JSON.stringify(template);
  const root = template.dag ? 'tasks' : 'steps';
  const dotted = new RegExp(`${root}\\.([^\\s{}.[\\]'"\\\\]+)\\.outputs\\.result`, 'g');
  const indexed = new RegExp(`${root}\\[(?:'|\\\\")([^'"\\\\]+)(?:'|\\\\")\\]\\.outputs.result`, 'g');
  return new Set([dotted, indexed].flatMap((one) => [...text.matchAll(one)].map(([, name = '']) => name)));
}
