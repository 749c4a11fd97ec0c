/** The tree that YAML is read into: maps, lists and scalars, each with its place in the source. */

export interface Placed {
  readonly start: number;
  readonly end: number;
  /** Nodes below and including this one, each alias counted in full. */
  readonly size: number;
  readonly depth: number;
}

export interface MapEntry {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: YamlNode;
}

export interface MapNode extends Placed {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
}

export interface ListNode extends Placed {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
}

export interface ScalarNode extends Placed {
  readonly kind: 'scalar';
  readonly value: null | boolean | number | string;
  /** As written, without quotes: what a number or boolean would be as a text. */
  readonly text: string;
}

export type YamlNode = MapNode | ListNode | ScalarNode;

export function entryOf(node: YamlNode | undefined, key: string): MapEntry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** What a reader would call the value. */
export function kindName(node: YamlNode): string {
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'a map' : 'a list';
  if (node.value === null) return 'nothing';
  if (typeof node.value === 'boolean') return 'a boolean';
  return typeof node.value === 'number' ? 'a number' : 'a text';
}
