/** Go's time layouts, cut into literal text and the elements of the reference time. */

export type LayoutElement =
  | 'January'
  | 'Jan'
  | '1'
  | '01'
  | 'Monday'
  | 'Mon'
  | '2'
  | '_2'
  | '02'
  | '__2'
  | '002'
  | '15'
  | '3'
  | '03'
  | '4'
  | '04'
  | '5'
  | '05'
  | '2006'
  | '06'
  | 'PM'
  | 'pm'
  | 'MST'
  | ZoneElement
  | 'fraction';

export type ZoneElement = `${'Z' | '-'}${'070000' | '07:00:00' | '0700' | '07:00' | '07'}`;

export interface LayoutChunk {
  /** Literal text before the element. */
  readonly prefix: string;
  /** Undefined at the end of the layout. */
  readonly element?: LayoutElement;
  /** The element as the layout spells it. */
  readonly spelling: string;
}

/*
 * In the order of `nextStdChunk` in Go's time/format.go; the first alternative that fits at a place wins.
 * `_2006` is a literal underscore before the year.
 */
const elements = new RegExp(
  [
    '(?<plain>January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|0[1-6]|002|15|1|2006|2|_2(?!006)|__2|3|4|5|PM|pm',
    'Z070000|Z07:00:00|Z0700|Z07:00|Z07|-070000|-07:00:00|-0700|-07:00|-07)',
    '(?<fraction>[.,](?:0+|9+)(?![0-9]))',
  ].join('|'),
  'g',
);

/** The layout's chunks; the last has no element. */
export function layoutChunks(layout: string): LayoutChunk[] {
  const chunks: LayoutChunk[] = [];
  let at = 0;
  for (const match of layout.matchAll(elements)) {
    const spelling = match[0];
    const element = match.groups?.fraction === undefined ? (spelling as LayoutElement) : 'fraction';
    chunks.push({ prefix: layout.slice(at, match.index), element, spelling });
    at = match.index + spelling.length;
  }
  chunks.push({ prefix: layout.slice(at), spelling: '' });
  return chunks;
}
