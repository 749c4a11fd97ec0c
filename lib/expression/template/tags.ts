/**
 * Finds the tags in a text: `{{name}}` and `{{=expression}}`. A tag ends at the first `}}`, as in
 * fasttemplate.
 */

export interface Tag {
  /** Offset of `{{`. */
  readonly start: number;
  /** Offset after `}}`. */
  readonly end: number;
  /** `=` makes an expression only directly after the braces. */
  readonly kind: 'simple' | 'expression';
  /** What stands between the braces, without the `=`. */
  readonly body: string;
}

/** The tags of the text in order; one that is not closed is left out (`unclosedTag` finds it). */
export function findTags(text: string): readonly Tag[] {
  const tags: Tag[] = [];
  for (let start = text.indexOf('{{'); start >= 0; ) {
    const close = text.indexOf('}}', start + 2);
    if (close < 0) break;
    tags.push(tagOf(text.slice(start + 2, close), start, close + 2));
    start = text.indexOf('{{', close + 2);
  }
  return tags;
}

function tagOf(inner: string, start: number, end: number): Tag {
  const expression = inner.startsWith('=');
  return {
    start,
    end,
    kind: expression ? 'expression' : 'simple',
    body: expression ? inner.slice(1) : inner,
  };
}

/** Where a tag begins that is never closed, which Argo refuses. */
export function unclosedTag(text: string): number | undefined {
  const start = text.indexOf('{{', findTags(text).at(-1)?.end ?? 0);
  return start < 0 ? undefined : start;
}
