/** `--node-field-selector`: which nodes are meant (workflow/util SelectorMatchesNode). */
import type { JsonObject } from '../protocol/json.ts';
import type { NodeObject } from './workflow-object.ts';

export interface FieldCondition {
  readonly field: string;
  readonly value: string;
  readonly equal: boolean;
}

/** Undefined for what is no condition. */
export function parseConditions(selector: string): readonly FieldCondition[] | undefined {
  const conditions: FieldCondition[] = [];
  for (const part of selector.split(',')) {
    const found = /^\s*([^=!\s]+)\s*(!=|==|=)\s*(.*?)\s*$/s.exec(part);
    if (found === null) return undefined;
    const [, field = '', sign, value = ''] = found;
    conditions.push({ field, value, equal: sign !== '!=' });
  }
  return conditions;
}

/** A selector that cannot be read matches nothing. */
export function matchesSelector(node: NodeObject, selector: string | undefined): boolean {
  if (selector === undefined || selector === '') return true;
  const fields = fieldsOf(node);
  const conditions = parseConditions(selector);
  return conditions?.every(({ field, value, equal }) => (fields.get(field) === value) === equal) ?? false;
}

function fieldsOf(node: NodeObject): ReadonlyMap<string, string> {
  const fields = new Map<string, string>([
    ['id', node.id],
    ['name', node.name],
    ['displayName', node.displayName],
    ['templateName', node.templateRef?.template ?? node.templateName ?? ''],
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
