/** Which steps' stdout is kept as `outputs.result`: Argo captures it only if the enclosing template mentions it. */
import type { Template } from '../../argo/template.ts';

/** Whether a template's text mentions the result of a member, as tag or in an expression (operator.go hasOutputResultRef). */
export function captureOf(template: Template, member: string): boolean {
  const text = JSON.stringify(template);
  const root = template.dag ? 'tasks' : 'steps';
  const name = member.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const dotted = new RegExp(`${root}\\.${name}\\.outputs\\.result`);
  const indexed = new RegExp(`${root}\\[(?:'|\\\\")${name}(?:'|\\\\")\\]\\.outputs.result`);
  return dotted.test(text) || indexed.test(text);
}
