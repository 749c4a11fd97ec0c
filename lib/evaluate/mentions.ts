/** What text may read: the names in its tags and expressions, on the safe side. */

export interface Mentions {
  /** Names of simple tags, as written. */
  readonly names: readonly string[];
  /** Texts in which names are computed. */
  readonly expressions: readonly string[];
  /** A tag within a tag puts a name together, which may be any. */
  readonly isOpen: boolean;
}

/** A tag goes from `{{` to the next `}}`. */
const TAG = /\{\{([\s\S]*?)(?:\}\}|$)/g;

/** Fields that are expressions without being tags. */
const expressionFields: ReadonlySet<string> = new Set(['expression', 'fromExpression']);
/** Fields that are names without needing braces. */
const referenceFields: ReadonlySet<string> = new Set(['from', 'parameter']);

interface Found {
  readonly names: Set<string>;
  readonly expressions: Set<string>;
  isOpen: boolean;
}

function scanText(text: string, found: Found): void {
  for (const [, inner = ''] of text.matchAll(TAG)) {
    if (inner.includes('{{')) found.isOpen = true;
    else if (inner.startsWith('=')) found.expressions.add(inner.slice(1));
    else found.names.add(inner.trim());
  }
}

function scan(value: unknown, field: string, found: Found): void {
  if (typeof value === 'string') {
    scanText(value, found);
    if (expressionFields.has(field)) found.expressions.add(value);
    else if (referenceFields.has(field) && !value.includes('{{')) found.names.add(value.trim());
  } else if (Array.isArray(value)) {
    for (const item of value) scan(item, field, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      scanText(key, found);
      scan(item, key, found);
    }
  }
}

/** What a part of a template mentions, its keys included. */
export function mentionsOf(...trees: readonly unknown[]): Mentions {
  const found: Found = { names: new Set(), expressions: new Set(), isOpen: false };
  for (const tree of trees) scan(tree, '', found);
  return { names: [...found.names], expressions: [...found.expressions], isOpen: found.isOpen };
}

/** `$env`, an index that is no literal, and a whole map or list that is handed on can reach any name. */
function isOpen(expression: string, root: string): boolean {
  const last = root.split('.').at(-1) ?? root;
  const alone = [root.split('.')[0] ?? root, last].map(
    (word) => new RegExp(`\\b${word}\\b(?!\\s*(?:\\?\\.|\\.|\\[))`),
  );
  const isIndexed = /\w\s*(?:\?\.)?\[\s*(?!['"`])/.test(expression);
  return /\$env\b/.test(expression) || isIndexed || alone.some((pattern) => pattern.test(expression));
}

/**
 * Those of `candidates` that the mentions may read below `root` (`steps`, `tasks`, `inputs.parameters` …).
 */
export function readBelow(
  mentions: Mentions,
  root: string,
  candidates: readonly string[],
): readonly string[] {
  const [first = root] = root.split('.');
  const expressions = mentions.expressions.filter((text) => text.includes(first) || /\$env\b/.test(text));
  if (mentions.isOpen || expressions.some((text) => isOpen(text, root))) return candidates;
  return candidates.filter(
    (name) =>
      mentions.names.some((tag) => tag === `${root}.${name}` || tag.startsWith(`${root}.${name}.`)) ||
      mentions.names.includes(root) ||
      expressions.some((text) => text.includes(name)),
  );
}

/** Whether anything at or below `root` may be read. */
export function isMentioned(mentions: Mentions, root: string): boolean {
  const [first = root] = root.split('.');
  return (
    mentions.isOpen ||
    mentions.names.some((tag) => tag === root || tag.startsWith(`${root}.`)) ||
    mentions.expressions.some((text) => text.includes(first) || /\$env\b/.test(text))
  );
}
