/** Selectors of the command line: of nodes by field, of runs by label. */
import { type FieldCondition, parseConditions } from '../../status/node-selector.ts';
import { CliError } from '../exit-code.ts';

/** `key=value`, `key==value` and `key!=value`, joined by commas. */
export function parseSelector(selector: string): readonly FieldCondition[] {
  const conditions = parseConditions(selector);
  if (conditions === undefined)
    throw new CliError(`${selector} is no condition: write field=value or field!=value`);
  return conditions;
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
    return parseSelector(part).every(({ field, value, equal }) => (labels[field] === value) === equal);
  });
}
