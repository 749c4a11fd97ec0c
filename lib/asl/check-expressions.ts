/**
 * Checks of templates: every `{% %}` in them parses and refers only to what is there when it is evaluated.
 */

import { at, type CheckPlace, report, warn } from './finding.ts';
import { type ExpressionCache, isExpression, unwrapExpression } from './jsonata.ts';
import { AWS_FUNCTIONS, JSONATA_FUNCTIONS } from './jsonata-functions.ts';

/** Members of `$states` that a field may read besides `input` and `context`. */
export type StatesMember = 'result' | 'errorOutput';

export interface ExpressionRules {
  readonly cache: ExpressionCache;
  /** Variables that some state of this block or of those around it assigns. */
  readonly isAssigned: (variable: string) => boolean;
}

/** AWS bounds the nesting of JSON in requests; we only keep the walk from overflowing the stack. */
const DEEPEST_TEMPLATE = 500;

export function checkTemplate(
  place: CheckPlace,
  template: unknown,
  rules: ExpressionRules,
  allowed: readonly StatesMember[],
  depth = 0,
): void {
  if (typeof template === 'string') {
    checkText(place, template, rules, allowed);
    return;
  }
  if (typeof template !== 'object' || template === null) return;
  if (depth > DEEPEST_TEMPLATE) {
    report(place, 'SCHEMA_VALIDATION_FAILED', 'The value is nested too deeply');
    return;
  }
  if (Array.isArray(template)) {
    for (const [i, item] of template.entries()) checkTemplate(at(place, i), item, rules, allowed, depth + 1);
    return;
  }
  for (const [key, item] of Object.entries(template))
    checkTemplate(at(place, key), item, rules, allowed, depth + 1);
}

function checkText(
  place: CheckPlace,
  text: string,
  rules: ExpressionRules,
  allowed: readonly StatesMember[],
): void {
  if (isExpression(text)) {
    checkExpression(place, unwrapExpression(text), rules, allowed);
    return;
  }
  if (text.startsWith('{%')) {
    report(
      place,
      'INVALID_JSONATA_EXPRESSION',
      "A JSONata expression must begin with '{%' and end with '%}'.",
    );
  }
}

function checkExpression(
  place: CheckPlace,
  bare: string,
  rules: ExpressionRules,
  allowed: readonly StatesMember[],
): void {
  const compiled = rules.cache.compile(bare);
  if (!compiled.ok) {
    report(place, 'INVALID_JSONATA_EXPRESSION', `'${bare}' is no valid JSONata: ${compiled.message}`);
    return;
  }
  const { facts } = compiled.expression;
  for (const name of new Set(facts.contextReferences)) {
    report(
      place,
      'UNSUPPORTED_JSONATA_EXPRESSION',
      `Reference to '${name}' at the top level is not supported.`,
    );
  }
  for (const member of facts.statesMembers) checkStatesMember(place, member, allowed);
  for (const name of facts.variables) {
    if (name === 'states' || AWS_FUNCTIONS.has(name) || JSONATA_FUNCTIONS.has(name) || rules.isAssigned(name))
      continue;
    // AWS accepts both and fails when they are evaluated, or finds that $exists() is false (recorded).
    const what = facts.calls.has(name)
      ? `The function '$${name}' does not exist`
      : `No state assigns '$${name}'`;
    warn(place, 'SUSPICIOUS_EXPRESSION', what);
  }
}

function checkStatesMember(
  place: CheckPlace,
  member: string | undefined,
  allowed: readonly StatesMember[],
): void {
  if (member === undefined || member === 'input' || member === 'context') return;
  if ((allowed as readonly string[]).includes(member)) return;
  if (member === 'result' || member === 'errorOutput') {
    const message = `Reference to '$states.${member}' is not supported in this field.`;
    report(place, 'UNSUPPORTED_JSONATA_EXPRESSION', message);
    return;
  }
  warn(place, 'SUSPICIOUS_EXPRESSION', `'$states' has no member '${member}'`);
}
