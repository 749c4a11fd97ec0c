/**
 * The tokens of a `depends` expression: what Argo takes for names of tasks, and expr-lang's operators
 * between them.
 */

export interface DependsToken {
  /** `operator` covers brackets; `end` closes every list. */
  readonly kind: 'ref' | 'operator' | 'text' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Thrown by the parser, caught at its API. */
export class DependsError extends Error {
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

/**
 * `task.Result` or `task` (workflow/common/ancestry.go, taskNameRegex). Every word is a task, `and` and
 * `true` included.
 */
const ref = /[a-zA-Z0-9][-a-zA-Z0-9]*?\.[A-Z][a-zA-Z]+|[a-zA-Z0-9][-a-zA-Z0-9]*/y;
const blank =
  /(?:[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const operator = /&&|\|\||==|!=|\?\?|[!?:;()]/y;
const text = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`[^`]*`/y;

function matchAt(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

const kinds: readonly (readonly [DependsToken['kind'], RegExp])[] = [
  ['ref', ref],
  ['operator', operator],
  ['text', text],
];

/** The tokens of a text, the last one of kind `end`; throws a DependsError. */
export function lexDepends(source: string): DependsToken[] {
  const tokens: DependsToken[] = [];
  let at = 0;
  for (;;) {
    at += matchAt(blank, source, at)?.length ?? 0;
    if (at >= source.length) break;
    const found = kinds.flatMap(([kind, pattern]) => {
      const match = matchAt(pattern, source, at);
      return match === undefined ? [] : [{ kind, text: match, start: at, end: at + match.length }];
    })[0];
    if (!found) {
      const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
      throw new DependsError(`unexpected character ${JSON.stringify(character)}`, at);
    }
    tokens.push(found);
    at = found.end;
  }
  tokens.push({ kind: 'end', text: '', start: source.length, end: source.length });
  return tokens;
}
