/** Cuts a JSONPath selector into its tokens: `token.Tokenize` of evilmonkeyinc/jsonpath. */
import { GoError } from '../../go-error.ts';

interface Counts {
  quotes: number;
  openRound: number;
  closeRound: number;
  openSquare: number;
  closeSquare: number;
}

/** The texts of the tokens, such as `$`, `a`, `..`, `[0]`. Throws GoError. */
export function tokenize(selector: string): string[] {
  const first = selector[0] ?? '';
  if (first !== '$' && first !== '@') throw unexpected(first, 0);
  if (selector.length > 1 && selector[1] !== '.' && selector[1] !== '[')
    throw unexpected(selector[1] ?? '', 1);
  const tokens = [first];
  const counts: Counts = { quotes: 0, openRound: 0, closeRound: 0, openSquare: 0, closeSquare: 0 };
  let token = '';
  for (const char of selector.slice(1)) {
    if (token === '') Object.assign(counts, { quotes: 0, openRound: 0, closeRound: 0 });
    count(counts, char);
    token = extend(token + char, char, counts, tokens);
  }
  if (token !== '') tokens.push(token.replace(/^\./, ''));
  return tokens;
}

/** Finishes tokens that are complete, and gives the text of the one being read. */
function extend(token: string, char: string, counts: Counts, tokens: string[]): string {
  if (token === '.') return token;
  if (token === '..') {
    tokens.push(token);
    return '';
  }
  const isInside = counts.quotes % 2 === 1 || counts.openRound !== counts.closeRound;
  const body = token.replace(/^\./, '');
  if (char === '[') {
    if (token === '[' || token === '.[' || token.indexOf('[') !== token.length - 1) return token;
    tokens.push(body.slice(0, -1));
    return '[';
  }
  if (token.includes('[')) {
    if (isInside || char !== ']' || counts.openSquare !== counts.closeSquare) return token;
    tokens.push(body);
    return '';
  }
  if (char !== '.' || isInside) return token;
  tokens.push(body.slice(0, -1));
  return '.';
}

function count(counts: Counts, char: string): void {
  if (char === "'") counts.quotes += 1;
  else if (char === '(') counts.openRound += 1;
  else if (char === ')') counts.closeRound += 1;
  else if (char === '[') counts.openSquare += 1;
  else if (char === ']') counts.closeSquare += 1;
}

function unexpected(char: string, at: number): GoError {
  return new GoError(`unexpected token '${char}' at index ${at}`);
}
