/** The `{{…}}` of a text, found as Argo's template engine finds them. */

export interface Tag {
  /** What stands between the braces, as written. */
  readonly text: string;
  /** Without the spaces around it. */
  readonly name: string;
  readonly isExpression: boolean;
  /** How many `{{` of the text stand before this one: what `tagSpan` asks for. */
  readonly index: number;
  /** Whether a `}}` follows; where none does, the tag reaches to the end of the text. */
  readonly isClosed: boolean;
}

/** A tag goes from `{{` to the next `}}`, so that a nested one belongs to the text of the outer. */
export function tagsOf(text: string): readonly Tag[] {
  const tags: Tag[] = [];
  let index = 0;
  for (let at = text.indexOf('{{'); at >= 0; ) {
    const close = text.indexOf('}}', at + 2);
    const end = close < 0 ? text.length : close;
    const inner = text.slice(at + 2, end);
    const name = inner.replace(/^ +| +$/g, '');
    tags.push({ text: inner, name, isExpression: inner.startsWith('='), index, isClosed: close >= 0 });
    if (close < 0) break;
    index += 1 + (inner.split('{{').length - 1);
    at = text.indexOf('{{', close + 2);
  }
  return tags;
}

/** Whether no `}}` follows the last `{{`. */
export function hasOpenTag(text: string): boolean {
  if (!text.includes('{{')) return false;
  const end = text.lastIndexOf('}}');
  return text.includes('{{', end < 0 ? 0 : end + 2);
}

/** The same of any text in the value, however deep. */
export function holdsOpenTag(value: unknown): boolean {
  if (typeof value === 'string') return hasOpenTag(value);
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsOpenTag);
  for (const key in value) {
    if (hasOpenTag(key) || holdsOpenTag((value as Readonly<Record<string, unknown>>)[key])) return true;
  }
  return false;
}

/** Stands for a value that is only known at run time. */
export const placeholder = '\u0000value';

export function hasPlaceholder(text: string): boolean {
  return text.includes(placeholder);
}

export type Lookup = (name: string) => string | undefined;

/**
 * One pass of replacement: what is not found stays; a nested tag that is found is put into the outer one. `evaluate` is
 * given the expressions.
 */
export function replaceTags(text: string, lookup: Lookup, evaluate: Lookup = () => undefined): string {
  if (!text.includes('{{')) return text;
  let result = '';
  let from = 0;
  for (let at = text.indexOf('{{'); at >= 0; at = text.indexOf('{{', from)) {
    const close = text.indexOf('}}', at + 2);
    if (close < 0) break;
    const inner = text.slice(at + 2, close);
    result += text.slice(from, at) + replaceTag(inner, lookup, evaluate);
    from = close + 2;
  }
  return result + text.slice(from);
}

function replaceTag(inner: string, lookup: Lookup, evaluate: Lookup): string {
  const value = inner.startsWith('=') ? evaluate(inner.slice(1)) : lookup(inner.replace(/^ +| +$/g, ''));
  if (value !== undefined) return value;
  const nestedAt = inner.lastIndexOf('{{');
  const nested = nestedAt > 0 ? lookup(inner.slice(nestedAt + 2)) : undefined;
  return nested === undefined ? `{{${inner}}}` : `{{${inner.slice(0, nestedAt)}${nested}`;
}

/** Argo's own idea of «is a parameter»: some tag of plain words stands in the text. */
export function hasPlainTag(text: string): boolean {
  return /\{\{[-a-zA-Z0-9]+(\.[-a-zA-Z0-9_]+)*\}\}/.test(text);
}
