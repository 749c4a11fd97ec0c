/** Gives a token of a JSONPath selector its meaning: `token.Parse` of evilmonkeyinc/jsonpath. */
import { GoError } from '../../go-error.ts';
import { goTrimSpace } from '../space.ts';
import type { PathToken, RangeBound, Script, Work } from './nodes.ts';
import { compileScript } from './script.ts';
import { readSubscript, type SubscriptPart } from './subscript.ts';
import { tokenize } from './tokenize.ts';
import { spend } from './work.ts';

/** The tokens of a whole selector. Throws GoError. */
export function parseSelector(selector: string, work: Work): PathToken[] {
  spend(work, selector.length + 1);
  return tokenize(selector).map((text) => parseToken(text, work));
}

const plainTokens: ReadonlyMap<string, PathToken> = new Map([
  ['$', { kind: 'root' }],
  ['@', { kind: 'current' }],
  ['*', { kind: 'wildcard' }],
  ['..', { kind: 'recursive' }],
  ['length', { kind: 'length' }],
]);

function parseToken(raw: string, work: Work): PathToken {
  const text = goTrimSpace(raw);
  if (text === '') throw new GoError('invalid token. token string is empty');
  const plain = plainTokens.get(text);
  if (plain) return plain;
  if (!text.startsWith('[')) return { kind: 'key', key: text };
  const subscript = text.endsWith(']') ? goTrimSpace(text.slice(1, -1)) : '';
  if (subscript === '') throw badFormat(text);
  if (subscript === '*') return { kind: 'wildcard' };
  const compile = (script: string): Script => compileScript(script, work, parseSelector);
  if (subscript.startsWith('?')) {
    if (!subscript.startsWith('?(') || !subscript.endsWith(')')) throw badFormat(text);
    return { kind: 'filter', script: compile(goTrimSpace(subscript.slice(2, -1))) };
  }
  const parts = readSubscript(subscript, () => badFormat(text));
  if (parts.length === 1) return singleToken(parts[0] ?? null, compile, text);
  return rangeOrUnion(parts, compile, text);
}

function singleToken(part: SubscriptPart, compile: (text: string) => Script, token: string): PathToken {
  if (typeof part === 'bigint') return { kind: 'index', index: Number(part) };
  const text = typeof part === 'string' ? part : '';
  if (isQuoted(text)) return { kind: 'key', key: text.slice(1, -1) };
  if (isScript(text)) return { kind: 'script', script: compile(text.slice(1, -1)) };
  throw badFormat(token);
}

function rangeOrUnion(
  parts: readonly SubscriptPart[],
  compile: (text: string) => Script,
  token: string,
): PathToken {
  const colons = parts.filter((part) => part === ':').length;
  const commas = parts.filter((part) => part === ',').length;
  const args: SubscriptPart[] = [];
  let lastWasColon = false;
  for (const part of parts) {
    if (part === ':' && lastWasColon) args.push(null);
    if (part !== ':' && part !== ',') args.push(part);
    lastWasColon = part === ':';
  }
  if ((colons > 0 && commas > 0) || colons > 2) throw badFormat(token);
  if (commas > 0) {
    if (commas >= args.length) throw badFormat(token);
    return { kind: 'union', args: args.map((arg) => unionArgument(arg, compile, token)) };
  }
  if (colons === 0) throw badFormat(token);
  if (colons === 1 && args.length === 1) args.push(null);
  if (args.length < 2) throw badFormat(token);
  const [from = null, to = null, step = null] = args.map((arg) => rangeBound(arg, compile));
  return { kind: 'range', from, to, step };
}

function unionArgument(
  arg: SubscriptPart,
  compile: (text: string) => Script,
  token: string,
): string | number | Script {
  if (typeof arg === 'bigint') return Number(arg);
  const text = typeof arg === 'string' ? arg : '';
  if (isScript(text)) return compile(text.slice(1, -1));
  if (isQuoted(text)) return text.slice(1, -1);
  throw badFormat(token);
}

function rangeBound(arg: SubscriptPart, compile: (text: string) => Script): RangeBound {
  if (arg === null) return null;
  if (typeof arg === 'bigint') return Number(arg);
  if (isScript(arg)) return compile(arg.slice(1, -1));
  throw new GoError(`invalid expression. invalid format '${arg}'`);
}

function isScript(text: string): boolean {
  return text.length > 2 && text.startsWith('(') && text.endsWith(')');
}

function isQuoted(text: string): boolean {
  const quote = text[0] ?? '';
  return text.length > 1 && (quote === "'" || quote === '"') && text.endsWith(quote);
}

function badFormat(token: string): GoError {
  return new GoError(`invalid token. '${token}' does not match any token format`);
}
