/** The Go types that sprig functions return, made from plain values. */
import { GoError } from '../go-error.ts';
import type { GoInt, GoList, GoMap, GoValue } from '../values.ts';

/** No result grows beyond these; Go would go on until its memory is used up. */
export const longestText = 10_000_000;
const longestList = 1_000_000;

export function int64(value: bigint): GoInt {
  return { kind: 'int', type: 'int64', value: BigInt.asIntN(64, value) };
}

export function listOf(items: readonly GoValue[] | null): GoList {
  return { kind: 'list', type: '[]interface {}', items };
}

export function stringList(items: readonly string[] | null): GoList {
  return { kind: 'list', type: '[]string', items };
}

export function mapOf(entries: ReadonlyMap<string, GoValue>): GoMap {
  return { kind: 'map', type: 'map[string]interface {}', entries };
}

/** A count given by the user, as a number that a loop may use. */
export function boundedCount(count: bigint, each = 1): number {
  if (count * BigInt(Math.max(1, each)) > BigInt(each > 0 ? longestText : longestList)) {
    throw new GoError('the result is too large');
  }
  return Number(count);
}

/** `strings.Repeat`. */
export function repeatText(text: string, count: bigint): string {
  if (count < 0n) throw new GoError('strings: negative Repeat count');
  return text.repeat(boundedCount(count, text.length));
}
