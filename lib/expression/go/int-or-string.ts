/** Kubernetes' `IntOrString` as Argo's util/intstr reads it, in fields such as `retryStrategy.limit`. */
import { GoError } from '../go-error.ts';
import { parseGoInt } from './parse-number.ts';

/** The 64-bit integer of the text, or a GoError with Argo's message. */
export function intOrStringValue(text: string): bigint {
  const value = parseGoInt(text);
  if (value === undefined) throw new GoError(`value '${text}' cannot be resolved to an int`);
  return value;
}

/** The same as a 32-bit integer, which wraps silently. */
export function intOrStringValue32(text: string): number {
  return Number(BigInt.asIntN(32, intOrStringValue(text)));
}

/** How `intstr.Parse` holds the text: as a number if it fits in 32 bits. */
export function intOrStringType(text: string): 'int' | 'string' {
  return parseGoInt(text, 10, 32) === undefined ? 'string' : 'int';
}

/** Whether validation accepts the text: an integer, or anything between double braces. */
export function isIntOrArgoVariable(text: string): boolean {
  return parseGoInt(text) !== undefined || (text.startsWith('{{') && text.endsWith('}}'));
}
