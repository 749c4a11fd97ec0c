/**
 * A value as the JSON that Go writes of its type: fields in the order of the type and only those that hold something,
 * keys of maps sorted. Texts are escaped as JSON asks; Go escapes a few signs more.
 */

import { schemaTypes, schemaValues } from '../../argo/schema.generated.ts';

/** `type` is written as in the schema's table. */
export function goJson(value: unknown, type: string): string {
  if (Array.isArray(value)) return `[${value.map((item) => goJson(item, elementOf(type))).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const row = schemaTypes[type];
  const written = row ? rowFields(value, type, row) : mapFields(value, elementOf(type));
  return `{${written.join(',')}}`;
}

type Fields = Readonly<Record<string, unknown>>;

function rowFields(value: object, type: string, row: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(row).flatMap(([key, fieldType]) => {
    const field = (value as Fields)[key] ?? (schemaValues[type]?.includes(key) ? {} : undefined);
    return isLeftOut(field, fieldType) ? [] : [`${JSON.stringify(key)}:${goJson(field, fieldType)}`];
  });
}

function isLeftOut(field: unknown, type: string): boolean {
  if (field === undefined || field === null || field === '') return true;
  return isCollection(type) && Object.keys(field).length === 0;
}

function mapFields(value: object, type: string): readonly string[] {
  const keys = Object.keys(value).sort();
  return keys.map((key) => `${JSON.stringify(key)}:${goJson((value as Fields)[key], type)}`);
}

function isCollection(type: string): boolean {
  return type.startsWith('[]') || type.startsWith('{}');
}

/** What is of no type of its own, such as the items of a loop, has no types in it either. */
function elementOf(type: string): string {
  return isCollection(type) ? type.slice(2) : 'any';
}
