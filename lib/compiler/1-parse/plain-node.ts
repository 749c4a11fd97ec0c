/** What the reader of plain YAML builds and shares. */

import type { ListNode, MapEntry, MapNode, ScalarNode, YamlNode } from './node.ts';

/** Thrown where something is not plain. */
export class GiveUp extends Error {}

export interface Reader {
  readonly text: string;
  /** Between values: the start of a line. */
  at: number;
  depth: number;
}

export function scalarNode(value: ScalarNode['value'], text: string, start: number, end: number): ScalarNode {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new GiveUp();
  return { kind: 'scalar', value, text, start, end, size: 1, depth: 1 };
}

export function listNode(items: readonly YamlNode[], start: number, end?: number): ListNode {
  const { size, depth } = measure(items);
  return { kind: 'list', items, start, end: end ?? items.at(-1)?.end ?? start, size, depth };
}

export function mapNode(entries: readonly MapEntry[], start: number, end?: number): MapNode {
  let size = 1;
  let depth = 0;
  for (const { value } of entries) {
    size += value.size;
    if (value.depth > depth) depth = value.depth;
  }
  return {
    kind: 'map',
    entries,
    start,
    end: end ?? entries.at(-1)?.value.end ?? start,
    size,
    depth: depth + 1,
  };
}

function measure(nodes: readonly YamlNode[]): { readonly size: number; readonly depth: number } {
  let size = 1;
  let depth = 0;
  for (const node of nodes) {
    size += node.size;
    if (node.depth > depth) depth = node.depth;
  }
  return { size, depth: depth + 1 };
}

/**
 * Whether a plain scalar may begin here: not with an indicator, and not with a dash or the like that stands
 * alone.
 */
export function isPlainStart(text: string, at: number): boolean {
  const char = text[at];
  if (char === undefined || char === '\n') return false;
  if (char === '-' || char === '?' || char === ':') {
    const next = text[at + 1];
    return next !== undefined && next !== ' ' && next !== '\n' && next !== '\t';
  }
  return !indicators.has(char);
}

const indicators = new Set('\t ,[]{}#&*!|>\'"%@`');
