/** Text of a workflow while its tags are being replaced, pass by pass: what was put in is never scanned again. */
import { type Scope, valueText } from './scope.ts';

export type Text = string;

/** A part of a template in which texts may be half replaced. */
export type Draft<T> = T extends string
  ? Text
  : T extends readonly (infer U)[]
    ? readonly Draft<U>[]
    : T extends object
      ? { readonly [K in keyof T]: Draft<T[K]> }
      : T;

/**
 * Which tags must resolve: none; those of steps and tasks (artifacts come later: `util/template/replace.go`
 * ReplaceStrictAny); or all, as in a loop's body.
 */
export type Strictness = 'none' | 'references' | 'all';

export type Expansion<T> =
  | { readonly ok: true; readonly value: Draft<T> }
  /** `missing`: a variable that has no value, for which Argo waits for ever. */
  | { readonly ok: false; readonly error: string; readonly missing: boolean };

class Missing extends Error {}

export function expand<T>(draft: Draft<T>, scope: Scope, strictness: Strictness): Expansion<T> {
  try {
    return { ok: true, value: replaceIn(draft, scope, strictness) as Draft<T> };
  } catch (e) {
    if (e instanceof Missing)
      return { ok: false, error: e.message, missing: e.message.startsWith('failed to') };
    throw e;
  }
}

function replaceIn(value: unknown, scope: Scope, strictness: Strictness): unknown {
  if (typeof value === 'string')
    return value.replace(/\{\{([^{}=]*)\}\}/g, (tag, name: string) => {
      const found = scope.values.get(name.trim());
      if (found === null) throw new Missing(`unable to substitute ${tag}: output is an absent optional`);
      if (found === undefined) {
        const strict =
          strictness === 'all' ||
          (strictness === 'references' &&
            /^(steps|tasks)\./.test(name.trim()) &&
            !name.includes('.outputs.artifacts.'));
        if (strict) throw new Missing(`failed to resolve ${tag}`);
        return tag;
      }
      return typeof found === 'string' ? found.replaceAll('{{', '{\uE000{') : valueText(found);
    });
  return mapped(value, (item) => replaceIn(item, scope, strictness));
}

function mapped(value: unknown, change: (item: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item)]));
}

/** The tree as plain JSON, whatever is still unreplaced in it as it was written. */
export function plain<T>(draft: Draft<T>): T {
  return cleaned(draft) as T;
}

function cleaned(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\uE000', '') : mapped(value, cleaned);
}

/** A text as data: it is not scanned for tags. */
export function dataText(value: string): Text {
  return value.replaceAll('{{', '{\uE000{');
}

/** What stands in a text that is one tag and nothing else; undefined otherwise. */
export function soleTag(text: Text): string | undefined {
  if (!text.startsWith('{{') || !text.endsWith('}}')) return undefined;
  const inner = text.slice(2, -2);
  return inner.includes('{{') || inner.includes('}}') ? undefined : inner.trim();
}
