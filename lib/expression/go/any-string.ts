/** Argo's `AnyString`: what a value given for a parameter becomes (anystring.go of its API package). */
import { goPlainFloatText } from './float-text.ts';
import { goJsonDecode } from './json-decode.ts';

/** The string of a JSON value; lists, objects and null give the empty string. Throws GoError for bad JSON. */
export function anyString(json: string): string {
  const value = goJsonDecode(json);
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return goPlainFloatText(value);
  return typeof value === 'boolean' ? String(value) : '';
}
