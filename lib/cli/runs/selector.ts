/** `--node-field-selector`: which nodes are meant (workflow/util SelectorMatchesNode). */
import type { JsonObject } from '../../protocol/json.ts';
import type { NodeObject } from '../../status/workflow-object.ts';
import { CliError } from '../exit-code.ts';

interface Condition {
  readonly field: string;
  readonly value: string;
  readonly equal: boolean;
}

export function matchesSelector(node: NodeObject, selector: string | undefined): boolean {
  if (selector === undefined || selector === '') return true;
  const fields = fieldsOf(node);
  return parseSelector(selector).every(({ field, value, equal }) => (fields.get(field) === value) === equal);
}

/** `key=value`, `key==value` and `key!=value`, joined by commas. */
export function parseSelector(selector: string): readonly Condition[] {
  return selector.split(',').map((part) => {
    const found = /^\s*([^=!\s]+)\s*(!=|==|=)\s*(.*?)\s*$/s.exec(part);
    if (found === null) throw new CliError(`${part} is no condition: write field=value or field!=value`);
    return { field: found[1]!, value: found[3]!, equal: found[2] !== '!=' };
  });
}

function fieldsOf(node: NodeObject): ReadonlyMap<string, string> {
  const fields = new Map<string, string>([
    ['id', node.id],
    ['name', node.name],
    ['displayName', node.displayName],
    ['templateName', node.templateName ?? ''],
    ['phase', node.phase],
    ['type', node.type],
  ]);
  if (node.templateRef) {
    fields.set('templateRef.name', node.templateRef.name);
    fields.set('templateRef.template', node.templateRef.template);
  }
  const parameters = (node.inputs?.['parameters'] ?? []) as readonly JsonObject[];
  for (const one of parameters) fields.set(`inputs.parameters.${one['name']}.value`, String(one['value']));
  return fields;
}

/** `-l`: labels, in the same forms; a key alone asks for its presence. */
export function matchesLabels(
  labels: Readonly<Record<string, string>>,
  selector: string | undefined,
): boolean {
  if (selector === undefined || selector === '') return true;
  return selector.split(',').every((part) => {
    const key = part.trim();
    if (/^[^=!]+$/.test(key)) return Object.hasOwn(labels, key);
    const [condition] = parseSelector(part);
    return (labels[condition!.field] === condition!.value) === condition!.equal;
  });
}
