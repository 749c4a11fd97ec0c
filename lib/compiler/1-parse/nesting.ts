/**
 * How deep a text may nest, told before it is parsed: the library recurses, and a stack that overflows inside
 * a regular
 * expression ends the whole process.
 */

import { Lexer } from 'yaml';

/** An upper bound: brackets are counted wherever they stand, and every deeper line as a level. */
export function nestingBound(text: string): number {
  return Math.max(bracketBound(text), indentBound(text));
}

function bracketBound(text: string): number {
  const open = bracketDepth(text);
  return open > cheapEnough ? lexedDepth(text) : open;
}

/** Below this the bound is good enough; above it texts with lone brackets are told from collections. */
const cheapEnough = 100;

function bracketDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5b || code === 0x7b) {
      if (++depth > deepest) deepest = depth;
    } else if ((code === 0x5d || code === 0x7d) && depth > 0) depth--;
  }
  return deepest;
}

function lexedDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++depth);
    else if (token === ']' || token === '}') depth--;
  }
  return deepest;
}

/** Levels of indentation that are open at once, and the dashes that open several on one line. */
function indentBound(text: string): number {
  const open: number[] = [];
  let deepest = 0;
  for (let start = 0; start < text.length; ) {
    let at = start;
    while (text.charCodeAt(at) === 0x20) at++;
    const code = text.charCodeAt(at);
    const end = text.indexOf('\n', at);
    if (code !== 0x0a && at < text.length) {
      while (open.length > 0 && open[open.length - 1]! >= at - start) open.pop();
      open.push(at - start);
      const dashes = code === 0x2d || code === 0x3f ? dashesAt(text, at) : 0;
      deepest = Math.max(deepest, open.length + dashes);
    }
    if (end < 0) break;
    start = end + 1;
  }
  return deepest;
}

function dashesAt(text: string, from: number): number {
  let count = 0;
  for (let at = from; ; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x2d || code === 0x3f) count++;
    else if (code !== 0x20) return count;
  }
}
