/** expr-lang's functions on strings, as Go's package strings does them. */

import { goTypeOf } from '../../go/format.ts';
import { goLength } from '../../go/utf8.ts';
import { GoError } from '../../go-error.ts';
import type { GoList, GoValue } from '../../values.ts';
import type { Budget, Builtin } from './builtins.ts';
import { isList, toInt } from './operators.ts';
import { withinBudget } from './text-budget.ts';

const SPACE = /\p{White_Space}/u;

/** A string argument; what fails is a type assertion in Go. */
export function textAt(args: readonly GoValue[], at: number): string {
  const value = args[at] ?? null;
  if (typeof value === 'string') return value;
  const type = value === null ? 'nil' : goTypeOf(value);
  throw new GoError(`interface conversion: interface {} is ${type}, not string`);
}

function strings(items: readonly string[]): GoList {
  return { kind: 'list', type: '[]string', items };
}

/** Counts of split and replace are small integers; everything beyond is the same. */
function countAt(args: readonly GoValue[], at: number): number {
  const count = args[at];
  if (count === undefined) return -1;
  const value = toInt(count);
  return value > 1_000_000_000n ? 1_000_000_000 : value < 0n ? -1 : Number(value);
}

/** `strings.TrimSpace`. */
export function trimSpace(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && SPACE.test(text[from] ?? '')) from += 1;
  while (to > from && SPACE.test(text[to - 1] ?? '')) to -= 1;
  return text.slice(from, to);
}

function trim(args: readonly GoValue[]): GoValue {
  const text = textAt(args, 0);
  if (args.length === 1) return trimSpace(text);
  if (args.length !== 2) throw new GoError('invalid number of arguments for trim');
  const cut = new Set(textAt(args, 1));
  const chars = [...text];
  let from = 0;
  let to = chars.length;
  while (from < to && cut.has(chars[from] ?? '')) from += 1;
  while (to > from && cut.has(chars[to - 1] ?? '')) to -= 1;
  return chars.slice(from, to).join('');
}

function trimPrefix(args: readonly GoValue[]): GoValue {
  const [text, prefix] = [textAt(args, 0), args.length === 2 ? textAt(args, 1) : ' '];
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

function trimSuffix(args: readonly GoValue[]): GoValue {
  const [text, suffix] = [textAt(args, 0), args.length === 2 ? textAt(args, 1) : ' '];
  return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
}

/** At most `count` pieces, the last with the rest; an empty separator splits into characters. */
function pieces(text: string, separator: string, count: number): readonly string[] {
  const all = separator === '' ? [...text] : text.split(separator);
  if (count < 0 || all.length <= count) return all;
  return [...all.slice(0, count - 1), all.slice(count - 1).join(separator)];
}

function split(after: boolean): Builtin {
  return (args, { grow }) => {
    const [text, separator, count] = [textAt(args, 0), textAt(args, 1), countAt(args, 2)];
    if (count === 0) return { kind: 'list', type: '[]string', items: null };
    const parts = pieces(text, separator, count);
    grow(parts.length);
    return strings(
      after ? parts.map((part, at) => (at < parts.length - 1 ? part + separator : part)) : parts,
    );
  };
}

function replace(args: readonly GoValue[]): GoValue {
  const [text, from, to, count] = [textAt(args, 0), textAt(args, 1), textAt(args, 2), countAt(args, 3)];
  if (from === to || count === 0) return text;
  if (from === '') return interleave(text, to, count);
  const parts = text.split(from);
  const replaced = count < 0 ? parts.length - 1 : Math.min(count, parts.length - 1);
  withinBudget(text.length + replaced * to.length);
  return [parts.slice(0, replaced + 1).join(to), ...parts.slice(replaced + 1)].join(from);
}

/** Go puts the replacement of an empty string before each character and at the end. */
function interleave(text: string, to: string, count: number): string {
  const chars = [...text];
  const times = count < 0 ? chars.length + 1 : Math.min(count, chars.length + 1);
  withinBudget(text.length + times * to.length);
  return chars.map((char, at) => (at < times ? to + char : char)).join('') + (times > chars.length ? to : '');
}

function repeat(args: readonly GoValue[], { grow }: Budget): GoValue {
  const text = textAt(args, 0);
  const count = toInt(args[1] ?? null);
  if (count < 0n) throw new GoError(`invalid argument for repeat (expected positive integer, got ${count})`);
  if (count > 1_000_000n) throw new GoError('memory budget exceeded');
  grow(goLength(text) * Number(count));
  return text.repeat(Number(count));
}

function join(args: readonly GoValue[]): GoValue {
  const list = args[0] ?? null;
  const glue = args.length === 2 ? textAt(args, 1) : '';
  if (!isList(list) || (list.type !== '[]string' && list.type !== '[]interface {}')) {
    throw new GoError(`invalid argument for join (type ${goTypeOf(list)})`);
  }
  const texts = (list.items ?? []).map((_, at) => textAt(list.items ?? [], at));
  withinBudget(texts.reduce((size, text) => size + text.length + glue.length, 0));
  return texts.join(glue);
}

/** An offset in bytes, -1 where the text is not there. */
function byteOffset(text: string, at: number): GoValue {
  return at < 0 ? -1n : BigInt(goLength(text.slice(0, at)));
}

/** Go changes case rune by rune: no character becomes two. */
function mapCase(text: string, change: (char: string) => string): string {
  return text.replace(/[\s\S]/gu, (char) => {
    const changed = change(char);
    return [...changed].length === 1 ? changed : char;
  });
}

export const upperCase = (text: string): string => mapCase(text, (char) => char.toUpperCase());
/** U+0130 is the one letter whose lower case is two characters; Go maps it to `i`. */
export const lowerCase = (text: string): string =>
  mapCase(text, (char) => (char === '\u0130' ? 'i' : char.toLowerCase()));

export const stringFunctions: readonly (readonly [string, Builtin])[] = [
  ['trim', trim],
  ['trimPrefix', trimPrefix],
  ['trimSuffix', trimSuffix],
  ['upper', (args) => upperCase(textAt(args, 0))],
  ['lower', (args) => lowerCase(textAt(args, 0))],
  ['split', split(false)],
  ['splitAfter', split(true)],
  ['replace', replace],
  ['repeat', repeat],
  ['join', join],
  ['indexOf', (args) => byteOffset(textAt(args, 0), textAt(args, 0).indexOf(textAt(args, 1)))],
  ['lastIndexOf', (args) => byteOffset(textAt(args, 0), textAt(args, 0).lastIndexOf(textAt(args, 1)))],
  ['hasPrefix', (args) => textAt(args, 0).startsWith(textAt(args, 1))],
  ['hasSuffix', (args) => textAt(args, 0).endsWith(textAt(args, 1))],
];
