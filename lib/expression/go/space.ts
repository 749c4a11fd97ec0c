/** White space as Go's package unicode counts it. */

const space = '\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const edges = new RegExp(`^[${space}]+|[${space}]+$`, 'g');
const all = new RegExp(`^[${space}]$`);

/** `strings.TrimSpace`. */
export function goTrimSpace(text: string): string {
  return text.replace(edges, '');
}

/** `unicode.IsSpace` of one character. */
export function isGoSpace(char: string): boolean {
  return all.test(char);
}
