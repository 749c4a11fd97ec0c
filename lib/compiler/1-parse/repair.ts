/**
 * Makes text readable that Argo's YAML reader accepts and ours does not: quoted texts and flow collections
 * that go on
 * at too little indent. Only spaces at the start of lines are inserted, so that every position can be led
 * back.
 */

export interface Repaired {
  readonly text: string;
  /** The offset in the original text of an offset in the repaired one. */
  readonly original: (offset: number) => number;
}

interface Insertion {
  /** Offset in the original text of the line that gets the spaces. */
  readonly at: number;
  readonly count: number;
}

/** Indents the continuation lines of flow content deeper than where it began. */
export function repairIndent(text: string): Repaired | undefined {
  const insertions: Insertion[] = [];
  let lineStart = 0;
  while (lineStart < text.length) lineStart = scanLine(text, lineStart, insertions);
  if (insertions.length === 0) return undefined;
  return { text: insertSpaces(text, insertions), original: backMap(insertions) };
}

/**
 * Reads one block line and whatever flow or block scalar begins on it; answers where the next line starts.
 */
function scanLine(text: string, lineStart: number, insertions: Insertion[]): number {
  let at = skipSpaces(text, lineStart);
  for (let indent = at - lineStart; ; ) {
    const char = text[at];
    if (char === undefined || char === '\n' || char === '#') return nextLine(text, at);
    if ((char === '-' || char === '?') && isBlank(text[at + 1])) {
      at = skipSpaces(text, at + 1);
      indent = at - lineStart;
    } else if (char === '&' || char === '!' || char === '*') {
      while (!isBlank(text[at])) at++;
      at = skipSpaces(text, at);
    } else if (char === '"' || char === "'" || char === '[' || char === '{') {
      const end = char === '"' || char === "'" ? endOfQuoted(text, at) : endOfFlow(text, at);
      indentLines(text, at, end, at - lineStart, insertions);
      lineStart = text.lastIndexOf('\n', end - 1) + 1;
      at = skipSpaces(text, end);
      if (text[at] !== ':') return nextLine(text, at);
      at = skipSpaces(text, at + 1);
    } else if (char === '|' || char === '>') {
      return endOfBlockScalar(text, nextLine(text, at), indent);
    } else {
      const colon = endOfPlainKey(text, at);
      if (colon < 0) return nextLine(text, at);
      at = skipSpaces(text, colon + 1);
    }
  }
}

function indentLines(text: string, start: number, end: number, column: number, into: Insertion[]): void {
  for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) {
    const indent = skipSpaces(text, at + 1) - at - 1;
    if (text[at + 1 + indent] !== '\n' && indent <= column)
      into.push({ at: at + 1, count: column + 1 - indent });
  }
}

function endOfQuoted(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at++;
    else if (text[at] === quote) {
      if (quote === "'" && text[at + 1] === quote) at++;
      else return at + 1;
    }
  }
  return text.length;
}

function endOfFlow(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') {
      if (--depth === 0) return at + 1;
    } else if ((char === '"' || char === "'") && /[\s,[{:]/.test(text[at - 1] ?? ' ')) {
      at = endOfQuoted(text, at) - 1;
    } else if (char === '#' && isBlank(text[at - 1])) at = nextLine(text, at) - 2;
  }
  return text.length;
}

/** A block scalar ends at the first line that is not blank and not deeper than its parent. */
function endOfBlockScalar(text: string, start: number, parentIndent: number): number {
  let at = start;
  while (at < text.length) {
    const content = skipSpaces(text, at);
    if (text[content] !== '\n' && text[content] !== '\r' && content - at <= parentIndent) return at;
    at = nextLine(text, at);
  }
  return at;
}

/** The offset of the colon that makes a plain scalar a key, or -1. */
function endOfPlainKey(text: string, start: number): number {
  for (let at = start; at < text.length && text[at] !== '\n'; at++) {
    if (text[at] === ':' && isBlank(text[at + 1])) return at;
    if (text[at] === '#' && isBlank(text[at - 1])) return -1;
  }
  return -1;
}

function isBlank(char: string | undefined): boolean {
  return char === undefined || char === ' ' || char === '\n' || char === '\t' || char === '\r';
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

function nextLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at + 1;
}

function insertSpaces(text: string, insertions: readonly Insertion[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { at, count } of insertions) {
    parts.push(text.slice(from, at), ' '.repeat(count));
    from = at;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

function backMap(insertions: readonly Insertion[]): (offset: number) => number {
  /**
   * For each insertion: where its line starts in the repaired text, and all spaces inserted up to and with
   * it.
   */
  const starts: number[] = [];
  const totals: number[] = [];
  let total = 0;
  for (const { at, count } of insertions) {
    starts.push(at + total);
    total += count;
    totals.push(total);
  }
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return offset;
    return Math.max(offset - totals[low - 1]!, insertions[low - 1]!.at);
  };
}
