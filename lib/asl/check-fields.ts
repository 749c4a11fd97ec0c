/** Checks of single fields: which a state of a type may have, and what their values must be. */

import { checkTemplate, type ExpressionRules, type StatesMember } from './check-expressions.ts';
import { at, type CheckPlace, report } from './finding.ts';
import { isExpression, isVariableName } from './jsonata.ts';
import { QUOTAS } from './quotas.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export type FieldCheck = (place: CheckPlace, value: unknown, rules: ExpressionRules) => void;

export type FieldTable = Readonly<Record<string, FieldCheck>>;

const INVALID = 'SCHEMA_VALIDATION_FAILED';

/** Fields of JSONPath states, for which a message can say more than that they are unknown. */
const JSONPATH_FIELD =
  /^(InputPath|OutputPath|ResultPath|Parameters|ResultSelector|Result|Variable|.*Path|.+\.\$)$/;

/** Checks every field by the table; a field that the table does not know is an error, never ignored. */
export function checkFields(
  place: CheckPlace,
  fields: Fields,
  table: FieldTable,
  rules: ExpressionRules,
): void {
  for (const [name, value] of Object.entries(fields)) {
    const check = Object.hasOwn(table, name) ? table[name] : undefined;
    if (check !== undefined) check(at(place, name), value, rules);
    else {
      const why = JSONPATH_FIELD.test(name) ? ' with the query language JSONata' : '';
      report(at(place, name), INVALID, `Field '${name}' is not supported${why}`);
    }
  }
}

export function checkRequired(place: CheckPlace, fields: Fields, names: readonly string[]): void {
  for (const name of names) {
    if (!Object.hasOwn(fields, name)) report(place, INVALID, `These fields are required: [${name}]`);
  }
}

/** Checked elsewhere, together with other fields. */
export const anything: FieldCheck = () => {};

export const text: FieldCheck = (place, value) => {
  if (typeof value !== 'string') report(place, INVALID, 'Value is not a String');
};

export const textOrExpression: FieldCheck = (place, value, rules) => {
  text(place, value, rules);
  checkTemplate(place, value, rules, []);
};

export const oneOf =
  (...allowed: readonly string[]): FieldCheck =>
  (place, value) => {
    if (!allowed.includes(value as string))
      report(place, INVALID, `Value must be one of [${allowed.join(', ')}]`);
  };

interface Bounds {
  readonly least: number;
  readonly most?: number;
  readonly whole?: boolean;
}

export const number =
  ({ least, most = Number.MAX_SAFE_INTEGER, whole = true }: Bounds): FieldCheck =>
  (place, value) => {
    if (typeof value !== 'number' || (whole && !Number.isInteger(value))) {
      report(place, INVALID, `Value is not ${whole ? 'an Integer' : 'a Number'}`);
    } else if (value < least || value > most) {
      report(place, INVALID, `Value ${value} is not between ${least} and ${most}`);
    }
  };

export const numberOrExpression =
  (bounds: Bounds): FieldCheck =>
  (place, value, rules) => {
    if (isExpression(value)) checkTemplate(place, value, rules, []);
    else number(bounds)(place, value, rules);
  };

export const template =
  (...allowed: readonly StatesMember[]): FieldCheck =>
  (place, value, rules) =>
    checkTemplate(place, value, rules, allowed);

/** An object of variables; who may assign which is the block's affair. */
export const assignment =
  (...allowed: readonly StatesMember[]): FieldCheck =>
  (place, value, rules) => {
    if (!isFields(value)) return report(place, INVALID, 'Value is not an Object');
    for (const name of Object.keys(value)) {
      if (name === 'states')
        report(at(place, name), 'INVALID_VARIABLE', "The variable name 'states' is reserved");
      else if (!isVariableName(name)) {
        report(at(place, name), 'INVALID_VARIABLE', `'${name}' is not a valid name of a variable`);
      }
    }
    checkTemplate(place, value, rules, allowed);
  };

export const list =
  (each: FieldCheck, least = 0): FieldCheck =>
  (place, value, rules) => {
    if (!Array.isArray(value)) return report(place, INVALID, 'Value is not an Array');
    if (value.length < least) report(place, INVALID, `The array has less than ${least} items`);
    for (const [i, item] of value.entries()) each(at(place, i), item, rules);
  };

export const object =
  (table: FieldTable, required: readonly string[] = []): FieldCheck =>
  (place, value, rules) => {
    if (!isFields(value)) return report(place, INVALID, 'Value is not an Object');
    checkRequired(place, value, required);
    checkFields(place, value, table, rules);
  };

/** An array, or an expression; for a Distributed Map also an object, whose entries are the items. */
export const items: FieldCheck = (place, value, rules) => {
  if (typeof value === 'object' && value !== null) return checkTemplate(place, value, rules, []);
  if (isExpression(value)) return checkTemplate(place, value, rules, []);
  report(place, INVALID, 'Value must be an array or a JSONata expression');
};

export const condition: FieldCheck = (place, value, rules) => {
  if (typeof value === 'boolean') return;
  if (isExpression(value)) checkTemplate(place, value, rules, []);
  else report(place, INVALID, 'Value must be a boolean or a JSONata expression');
};

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

export const timestamp: FieldCheck = (place, value, rules) => {
  if (isExpression(value)) return checkTemplate(place, value, rules, []);
  if (typeof value === 'string' && TIMESTAMP.test(value) && !Number.isNaN(Date.parse(value))) return;
  report(place, INVALID, 'Value is not a valid RFC3339 timestamp');
};

/** Names of errors: `States.ALL` stands alone, and only in the last rule. */
const errorNames: FieldCheck = (place, value, rules) => {
  list(text, 1)(place, value, rules);
  if (Array.isArray(value) && value.includes('States.ALL') && value.length > 1) {
    report(place, INVALID, 'States.ALL must appear alone');
  }
};

const retrier = object(
  {
    Comment: text,
    ErrorEquals: errorNames,
    IntervalSeconds: number({ least: 1, most: QUOTAS.retryIntervalSeconds }),
    MaxAttempts: number({ least: 0, most: QUOTAS.retryAttempts }),
    BackoffRate: number({ least: 1, whole: false }),
    MaxDelaySeconds: number({ least: 1, most: QUOTAS.retryMaxDelaySeconds - 1 }),
    JitterStrategy: oneOf('FULL', 'NONE'),
  },
  ['ErrorEquals'],
);

const catcher = object(
  {
    Comment: text,
    ErrorEquals: errorNames,
    Next: text,
    Output: template('errorOutput'),
    Assign: assignment('errorOutput'),
  },
  ['ErrorEquals', 'Next'],
);

const lastForAll =
  (each: FieldCheck): FieldCheck =>
  (place, value, rules) => {
    list(each)(place, value, rules);
    if (!Array.isArray(value)) return;
    value.slice(0, -1).forEach((rule: unknown, i) => {
      const names = isFields(rule) ? rule['ErrorEquals'] : undefined;
      if (Array.isArray(names) && names.includes('States.ALL')) {
        report(at(place, i, 'ErrorEquals'), INVALID, 'States.ALL must be the last rule');
      }
    });
  };

export const retry = lastForAll(retrier);
export const catches = lastForAll(catcher);

export const choices = list(
  object({ Comment: text, Condition: condition, Next: text, Output: template(), Assign: assignment() }, [
    'Condition',
    'Next',
  ]),
  1,
);
