/**
 * Text of a workflow while its tags are being replaced, pass by pass: what was put in is never scanned again.
 */
import {
  type Draft as AnyDraft,
  dataText,
  type Pieces,
  plainJson,
  soleTag,
} from '../expression/template/pieces.ts';
import type { Strictness as TagStrictness } from '../expression/template/strictness.ts';
import { faultInNestedJson, substituteTree } from '../expression/template/substitute.ts';
import type { Scope } from './scope.ts';

export { dataText, soleTag };

/** A part of a template in which texts may be half replaced. */
export type Draft<T> = T extends string
  ? Pieces
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

const references: TagStrictness = { prefixes: ['steps', 'tasks'] };

/** One pass. */
export function expand<T>(draft: Draft<T>, scope: Scope, strictness: Strictness): Expansion<T> {
  const strict = strictness === 'references' ? references : strictness;
  const done = substituteTree(draft as AnyDraft, scope.values, strict);
  return done.ok ? { ok: true, value: done.value as Draft<T> } : done;
}

/** What is wrong with an expression that is still there, once the tree is carried as JSON text within JSON. */
export function faultWhenCarried<T>(draft: Draft<T>, scope: () => Scope): string | undefined {
  return faultInNestedJson(draft as AnyDraft, () => scope().values);
}

/** The tree as plain JSON, whatever is still unreplaced in it as it was written. */
export function plain<T>(draft: Draft<T>): T {
  return plainJson(draft as AnyDraft) as T;
}
