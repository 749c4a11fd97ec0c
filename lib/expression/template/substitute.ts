/**
 * Substitution in a parsed tree. It gives what Argo's substitution in JSON text gives, except that values
 * can make no keys and no nodes, and are not scanned for tags in later passes.
 */
import { goJsonString } from '../go/json-encode.ts';
import type { Scope } from '../scope.ts';
import {
  contentOf,
  type Draft,
  isPieces,
  joinPieces,
  mapDraft,
  type Piece,
  type Pieces,
  piecesOf,
  plainText,
} from './pieces.ts';
import { failed } from './replace.ts';
import { resolveTag, type TagContext, tagContext, unescapeJson } from './resolve-tag.ts';
import type { Strictness } from './strictness.ts';

export type Substituted<T> =
  | { readonly ok: true; readonly value: T }
  /** `missing`: a variable is not there yet; Argo waits for it. */
  | { readonly ok: false; readonly error: string; readonly missing: boolean };

/** The first fault ends a substitution, wherever in the tree it is met. */
class SubstitutionFault extends Error {}

/** One pass over all strings of the tree, keys included. */
export function substituteTree(tree: Draft, scope: Scope, strictness: Strictness): Substituted<Draft> {
  const context = tagContext(scope, strictness);
  return guarded(() => substituteDraft(tree, context));
}

/** One pass over one string. */
export function substituteText(text: Pieces, scope: Scope, strictness: Strictness): Substituted<Pieces> {
  const context = tagContext(scope, strictness);
  return guarded(() => substitutePieces(text, context));
}

/**
 * What is wrong with expressions that are still there, when the tree stands as JSON text inside of JSON text: there an
 * escape of JSON becomes part of the expression.
 */
export function faultInNestedJson(tree: Draft, scope: () => Scope): string | undefined {
  let context: TagContext | undefined;
  const inText = (text: Pieces): string | undefined => {
    for (const piece of piecesOf(text)) {
      for (const [, inner = ''] of 'text' in piece ? piece.text.matchAll(/\{\{(=.*?)\}\}/gs) : []) {
        // Few templates have any left.
        context ??= tagContext(scope(), 'none');
        const outcome = resolveTag(escaped(escaped(inner)), context);
        if (outcome.kind === 'fault') return outcome.error;
      }
    }
    return undefined;
  };
  const inDraft = (draft: Draft): string | undefined => {
    if (isPieces(draft)) return inText(draft);
    if (typeof draft !== 'object' || draft === null) return undefined;
    for (const item of Object.values(draft)) {
      const fault = inDraft(item as Draft);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
  return inDraft(tree);
}

function escaped(text: string): string {
  return goJsonString(text).slice(1, -1);
}

function guarded<T>(work: () => T): Substituted<T> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    if (error instanceof SubstitutionFault) return failed(error.message);
    if (error instanceof RangeError) return failed('the value nests too deeply');
    throw error;
  }
}

/** What has no tag in it stays the very same value. */
function substituteDraft(draft: Draft, context: TagContext): Draft {
  if (isPieces(draft)) return substitutePieces(draft, context);
  return mapDraft(
    draft,
    (item) => substituteDraft(item, context),
    (key) => substituteKey(key, context),
  );
}

/**
 * A key is a plain string afterwards, so a value with braces, in which a later pass would see tags, has no
 * place.
 */
function substituteKey(key: string, context: TagContext): string {
  if (!key.includes('{{')) return key;
  const pieces = substitutePieces(key, context);
  const braces = piecesOf(pieces).some((piece) => 'value' in piece && /[{}]/.test(piece.value));
  if (braces) throw new SubstitutionFault(`a value with braces cannot become part of the key ${key}`);
  return plainText(pieces);
}

interface Place {
  readonly piece: number;
  readonly offset: number;
}

function substitutePieces(text: Pieces, context: TagContext): Pieces {
  if (typeof text === 'string' && !text.includes('{{')) return text;
  const pieces = piecesOf(text);
  const made: Piece[] = [];
  let rest: Place = { piece: 0, offset: 0 };
  for (let open = findWritten(pieces, '{{', rest); open; open = findWritten(pieces, '{{', rest)) {
    const inside = { piece: open.piece, offset: open.offset + 2 };
    const close = findWritten(pieces, '}}', inside);
    if (!close) {
      refuseOpen(between(pieces, inside, { piece: pieces.length, offset: 0 }), context);
      break;
    }
    made.push(...between(pieces, rest, open));
    rest = { piece: close.piece, offset: close.offset + 2 };
    made.push(...resolved(between(pieces, inside, close), context));
  }
  made.push(...between(pieces, rest, { piece: pieces.length, offset: 0 }));
  return joinPieces(made);
}

/** Braces count only where they were written, both in one piece. */
function findWritten(pieces: readonly Piece[], braces: string, from: Place): Place | undefined {
  for (let at = from.piece; at < pieces.length; at++) {
    const piece = pieces[at];
    if (!piece || !('text' in piece)) continue;
    const offset = piece.text.indexOf(braces, at === from.piece ? from.offset : 0);
    if (offset >= 0) return { piece: at, offset };
  }
  return undefined;
}

function between(pieces: readonly Piece[], from: Place, to: Place): readonly Piece[] {
  const cut: Piece[] = [];
  for (let at = from.piece; at <= Math.min(to.piece, pieces.length - 1); at++) {
    const piece = pieces[at];
    if (!piece) break;
    const start = at === from.piece ? from.offset : 0;
    const end = at === to.piece ? to.offset : contentOf(piece).length;
    if (!('text' in piece)) {
      if (start < end) cut.push(piece);
    } else if (start < end) {
      cut.push({ text: piece.text.slice(start, end) });
    }
  }
  return cut;
}

/**
 * Argo looks for the end in the JSON text of the whole object, where it follows sooner or later (two maps end with `}}`;
 * lint refuses it where none does). The tag then holds the end of its own string, so that it is no variable and stays.
 */
function refuseOpen(inside: readonly Piece[], context: TagContext): void {
  const inner = goJsonString(inside.map(contentOf).join('')).slice(1);
  const outcome = resolveTag(inner, context);
  if (outcome.kind === 'fault') throw new SubstitutionFault(outcome.error);
}

/** What the tag with this inside becomes. */
function resolved(inside: readonly Piece[], context: TagContext): readonly Piece[] {
  const inner = inside.map(contentOf).join('');
  if (inner.startsWith('=') && inside.some((piece) => 'value' in piece)) {
    throw new SubstitutionFault('a value cannot become part of an expression; read it as a variable instead');
  }
  const outcome = resolveTag(escaped(inner), context);
  switch (outcome.kind) {
    case 'fault':
      throw new SubstitutionFault(outcome.error);
    case 'kept':
      return [{ text: '{{' }, ...inside, { text: '}}' }];
    case 'value':
      return [{ value: inserted(outcome.json) }];
    case 'nested':
      return [{ text: '{{' }, ...outerPart(inside), { value: inserted(outcome.json) }];
  }
}

/** What stands before the innermost `{{`. */
function outerPart(inside: readonly Piece[]): readonly Piece[] {
  for (let at = inside.length - 1; at >= 0; at--) {
    const piece = inside[at];
    const offset = piece && 'text' in piece ? piece.text.lastIndexOf('{{') : -1;
    if (offset >= 0) return between(inside, { piece: 0, offset: 0 }, { piece: at, offset });
  }
  throw new SubstitutionFault('a value cannot become part of a tag');
}

function inserted(json: string): string {
  const text = unescapeJson(json);
  if (text !== undefined) return text;
  throw new SubstitutionFault('cannot finish template replacement because the result was invalid JSON');
}
