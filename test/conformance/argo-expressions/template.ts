/** Checks the vectors of template.json: substitution in JSON text, single references, tags. */
import { type Replaced, replaceJsonText } from '../../../lib/expression/template/replace.ts';
import { resolveVariable } from '../../../lib/expression/template/resolve-variable.ts';
import type { Strictness } from '../../../lib/expression/template/strictness.ts';
import { findTags, unclosedTag } from '../../../lib/expression/template/tags.ts';
import { differenceOf, type ExpectedValue, scopeOf } from './go-value.ts';

interface Vector extends ExpectedValue {
  readonly op: string;
  readonly template: string;
  readonly scope?: unknown;
  readonly allowUnresolved?: boolean;
  readonly strictPrefixes?: readonly string[];
  readonly result?: string;
  readonly resultField?: string;
  readonly furtherPasses?: readonly string[];
  readonly resolvedTag?: string;
  readonly simpleTags?: readonly string[];
  readonly error?: string;
  readonly isMissingVariable?: boolean;
}

/** Undefined where the vector passes, else why it does not. */
export function check(vector: unknown): string | undefined {
  const each = vector as Vector;
  switch (each.op) {
    case 'replace':
      return checkReplace(each, each.allowUnresolved ? 'none' : 'all');
    case 'replaceStrict':
      return checkReplace(each, { prefixes: each.strictPrefixes ?? [] });
    case 'resolveVar':
      return checkReference(each);
    case 'tags':
      return checkTags(each);
    default:
      return `unknown operation ${each.op}`;
  }
}

function checkReplace(vector: Vector, strictness: Strictness): string | undefined {
  const scope = scopeOf(vector.scope);
  const replaced = replaceJsonText(vector.template, scope, strictness);
  if (vector.error !== undefined) {
    if (replaced.ok) return `expected the error ${vector.error}, got ${replaced.text}`;
    return replaced.missing === (vector.isMissingVariable ?? false)
      ? undefined
      : `missing is ${replaced.missing}`;
  }
  if (!replaced.ok) return `unexpected error: ${replaced.error}`;
  if (replaced.text !== vector.result) return `${replaced.text}, expected ${vector.result}`;
  if (vector.resultField !== undefined && JSON.parse(replaced.text) !== vector.resultField)
    return 'other field';
  return checkPasses(replaced, vector, (text) => replaceJsonText(text, scope, strictness));
}

function checkPasses(first: Replaced, vector: Vector, pass: (text: string) => Replaced): string | undefined {
  let last = first;
  for (const [at, expected] of (vector.furtherPasses ?? []).entries()) {
    if (last.ok) last = pass(last.text);
    const failed = expected.startsWith('error: ');
    if (failed === last.ok)
      return `pass ${at + 2}: ${last.ok ? last.text : last.error}, expected ${expected}`;
    if (last.ok && last.text !== expected) return `pass ${at + 2}: ${last.text}, expected ${expected}`;
  }
  return undefined;
}

function checkReference(vector: Vector): string | undefined {
  const resolved = resolveVariable(vector.template, scopeOf(vector.scope));
  if (resolved.tag !== vector.resolvedTag) return `tag ${resolved.tag}, expected ${vector.resolvedTag}`;
  if (vector.error !== undefined) return resolved.ok ? `expected the error ${vector.error}` : undefined;
  return resolved.ok ? differenceOf(resolved.value, vector) : `unexpected error: ${resolved.error}`;
}

function checkTags(vector: Vector): string | undefined {
  const open = unclosedTag(vector.template) !== undefined;
  if (open !== (vector.error !== undefined)) return `unclosed is ${open}`;
  if (open) return undefined;
  const tags = findTags(vector.template).flatMap(({ kind, body }) => (kind === 'simple' ? [body] : []));
  const same = JSON.stringify(tags) === JSON.stringify(vector.simpleTags);
  return same ? undefined : `${JSON.stringify(tags)}, expected ${JSON.stringify(vector.simpleTags)}`;
}
