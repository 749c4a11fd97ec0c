/** Lines up columns; colours and wide characters do not disturb it. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const ESCAPES = /(\u001b\[[0-9;]*m)/g;
const WIDE =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}/u;
const WITHOUT_WIDTH = /\p{Mark}|\u200d/u;

export function widthOf(text: string): number {
  let width = 0;
  for (const char of text.replace(ESCAPES, '')) {
    if (WITHOUT_WIDTH.test(char)) continue;
    width += WIDE.test(char) ? 2 : 1;
  }
  return width;
}

/** Rows as lines: each cell but the last of its row is padded to its column's width. */
export function alignColumns(rows: readonly (readonly string[])[], gap = 2): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.slice(0, -1).forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, widthOf(cell));
    });
  }
  return rows.map((row) =>
    row
      .map((cell, at) =>
        at === row.length - 1 ? cell : cell + ' '.repeat(widths[at]! + gap - widthOf(cell)),
      )
      .join('')
      .trimEnd(),
  );
}

/** Cuts a line to a width, and closes its colours. */
export function cutLine(line: string, width: number): string {
  if (widthOf(line) <= width) return line;
  let shown = '';
  let used = 0;
  for (const part of line.split(ESCAPES)) {
    if (part.startsWith('\u001b[')) {
      shown += part;
      continue;
    }
    for (const char of part) {
      const wide = widthOf(char);
      if (used + wide > width - 1) return `${shown}…\u001b[0m`;
      shown += char;
      used += wide;
    }
  }
  return shown;
}
