/** Text → tokens, as jsonata 2.0.6 cuts it; undefined where anything stands that only `jsonata` itself should read. */

export type Token =
  | { readonly kind: 'text' | 'name' | 'word' | 'variable' | 'sign'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number };

/** Longest first. Signs that are missing here are not understood. */
const SIGN = /(?::=|!=|<=|>=|[.[\]{}()&+\-*=<>?:,;])/y;
const SPACE = /[ \t\n\r\v]*/y;
const NUMBER = /(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const WORD = /\$?[A-Za-z_][A-Za-z0-9_]*/y;
/** Escapes as JSON has them; what else a text may hold is left to `jsonata`. */
const TEXT = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const QUOTED_NAME = /`[^`]*`/y;
/** What may follow a word or a number: jsonata takes all else for a part of the word. */
const AFTER_WORD = /[ \t\n\r\v.[\]{}()&+\-*=<>?:,;!]|$/y;

export function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined) return undefined;
    at += found.length;
    return found;
  };
  const endsHere = () => {
    AFTER_WORD.lastIndex = at;
    return AFTER_WORD.test(text);
  };
  for (take(SPACE); at < text.length; take(SPACE)) {
    const word = take(WORD);
    if (word !== undefined) {
      if (!endsHere()) return undefined;
      const isVariable = word.startsWith('$');
      tokens.push({ kind: isVariable ? 'variable' : 'word', value: isVariable ? word.slice(1) : word });
      continue;
    }
    const number = take(NUMBER);
    if (number !== undefined) {
      const value = Number(number);
      if (!Number.isFinite(value) || !endsHere() || text.startsWith('..', at)) return undefined;
      tokens.push({ kind: 'number', value });
      continue;
    }
    const quoted = take(TEXT);
    if (quoted !== undefined) {
      tokens.push({ kind: 'text', value: JSON.parse(quoted) as string });
      continue;
    }
    const name = take(QUOTED_NAME);
    if (name !== undefined) {
      tokens.push({ kind: 'name', value: name.slice(1, -1) });
      continue;
    }
    const sign = take(SIGN);
    if (sign === undefined) return undefined;
    tokens.push({ kind: 'sign', value: sign });
  }
  return tokens;
}
