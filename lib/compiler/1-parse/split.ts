/** Cuts a file into its documents where Argo cuts it: at every line that begins with `---`. */

export interface TextPart {
  readonly text: string;
  /** Where the part begins in the file. */
  readonly offset: number;
}

const separator = '\n---';

/** `ParseObjects` in `workflow/common/parse.go`: by text, before any YAML is read, and JSON is never cut. */
export function splitDocuments(text: string): readonly TextPart[] {
  if (text.trimStart().startsWith('{')) return [{ text, offset: 0 }];
  const parts: TextPart[] = [];
  let from = 0;
  for (;;) {
    const at = text.indexOf(separator, from);
    const part = text.slice(from, at < 0 ? text.length : at);
    if (part.trim() !== '') parts.push({ text: part, offset: from });
    if (at < 0) return parts;
    from = at + separator.length;
  }
}
