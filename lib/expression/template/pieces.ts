/**
 * A string of a workflow while its tags are being replaced: what was written there, and the values that
 * took the place of tags. Values are opaque: no later pass finds a tag in them or across their edges.
 */
import type { JsonValue } from '../../argo/json.ts';

export type Piece = { readonly text: string } | { readonly value: string };

const mixed: unique symbol = Symbol('mixed');

/** Text as written is a plain string; with values in it, a marked list that no JSON can imitate. */
export type Pieces = string | MixedText;

export interface MixedText {
  readonly [mixed]: readonly Piece[];
}

/** JSON whose strings may be half replaced. */
export type Draft = null | boolean | number | Pieces | readonly Draft[] | { readonly [key: string]: Draft };

export function isMixed(draft: unknown): draft is MixedText {
  return typeof draft === 'object' && draft !== null && mixed in draft;
}

export function isPieces(draft: Draft): draft is Pieces {
  return typeof draft === 'string' || isMixed(draft);
}

/** Data as the whole of a string: it is never scanned for tags. */
export function dataText(value: string): Pieces {
  return value.includes('{') || value.includes('}') ? { [mixed]: [{ value }] } : value;
}

export function piecesOf(pieces: Pieces): readonly Piece[] {
  return isMixed(pieces) ? pieces[mixed] : [{ text: pieces }];
}

/** The pieces as one string of a draft, neighbours of one kind joined. */
export function joinPieces(pieces: readonly Piece[]): Pieces {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if ('text' in piece && last && 'text' in last)
      joined[joined.length - 1] = { text: last.text + piece.text };
    else if ('value' in piece || piece.text !== '') joined.push(piece);
  }
  if (joined.every((piece) => 'text' in piece)) return joined.map(contentOf).join('');
  return { [mixed]: joined };
}

export function contentOf(piece: Piece): string {
  return 'text' in piece ? piece.text : piece.value;
}

/** The string, with tags that are still there as they were written. */
export function plainText(pieces: Pieces): string {
  return isMixed(pieces) ? pieces[mixed].map(contentOf).join('') : pieces;
}

/** The draft as plain JSON; what has no values in it stays the very same. */
export function plainJson(draft: Draft): JsonValue {
  return (isMixed(draft) ? plainText(draft) : mapDraft(draft, plainJson)) as JsonValue;
}

/** The draft with what its lists and objects hold changed; the very same where nothing did change. */
export function mapDraft(
  draft: Draft,
  changed: (item: Draft) => Draft,
  changedKey: (key: string) => string = (key) => key,
): Draft {
  if (typeof draft !== 'object' || draft === null) return draft;
  if (Array.isArray(draft)) {
    const items = draft.map((item: Draft) => changed(item));
    return items.every((item, at) => item === draft[at]) ? draft : items;
  }
  let isSame = true;
  const entries = Object.entries(draft).map(([key, item]): [string, Draft] => {
    const entry: [string, Draft] = [changedKey(key), changed(item)];
    isSame &&= entry[0] === key && entry[1] === item;
    return entry;
  });
  return isSame ? draft : Object.fromEntries(entries);
}

/**
 * The name in a string that is one simple tag and nothing else (absentOptionalRef in
 * workflow/controller/scope.go).
 */
export function soleTag(pieces: Pieces): string | undefined {
  if (isMixed(pieces) || !pieces.startsWith('{{') || !pieces.endsWith('}}')) return undefined;
  const inner = pieces.slice(2, -2);
  return inner.includes('{{') || inner.includes('}}') ? undefined : inner.trim();
}
