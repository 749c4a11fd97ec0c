/** Which step or task a node's name says it belongs to, for `{{steps.name}}` and `{{tasks.name}}`. */

export interface InvocationName {
  readonly kind: 'steps' | 'tasks';
  /** The step's or task's name with its item, such as `print(0:a)`. */
  readonly name: string;
}

/**
 * Reads the last segment of a full node name. Brackets are taken out of items' texts before they become part
 * of a name (`workflow/controller/operator.go` generateNodeName), so the last `(` opens the last pair.
 */
export function invocationOf(node: string, isAttempt: boolean): InvocationName | undefined {
  const whole = isAttempt ? node.replace(/\(\d+\)$/, '') : node;
  const open = whole.endsWith(')') ? whole.lastIndexOf('(') : -1;
  const base = open < 0 ? whole : whole.slice(0, open);
  const dot = base.lastIndexOf('.');
  if (dot <= 0) return undefined;
  return { kind: base[dot - 1] === ']' ? 'steps' : 'tasks', name: whole.slice(dot + 1) };
}
