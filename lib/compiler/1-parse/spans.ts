/** Where each value of a parsed document stands in its source. */

import type { Source, Span } from '../../diagnostics/source.ts';
import type { MapEntry, YamlNode } from './node.ts';

/**
 * Finds places by identity: give it an object or array of the parsed value, and the key within it.
 * It answers for every document of a parse, so one index serves them all.
 */
export interface SpanIndex {
  /**
   * The span of an object, or of the value under one of its keys; the nearest enclosing one when that is
   * missing.
   */
  of(object: object, key?: string | number): Span;
  /** The span of a key's name; the nearest enclosing name when the key is missing. */
  key(object: object, key: string): Span;
  /** The span of the key under which the object stands: where something that it lacks is shown. */
  name(object: object): Span;
  /** The source that the object was read from, or undefined for an object that no source holds. */
  has(object: object): boolean;
}

export interface Place {
  readonly source: Source;
  readonly node: YamlNode;
  /** Offset of the first character of the node in its source's text. */
  readonly offset: number;
  /** The entry under which the object stands; the one around it for an item of a list. */
  readonly entry?: MapEntry;
}

export interface SpanRecorder extends SpanIndex {
  record(object: object, place: Place): void;
}

export function createSpanIndex(fallback: Source): SpanRecorder {
  const places = new WeakMap<object, Place>();
  const nowhere: Span = { source: fallback, start: 0, end: Math.min(1, fallback.text.length) };
  const spanAt = ({ source, offset }: Place, start: number, end: number): Span => ({
    source,
    start: start + offset,
    end: end + offset,
  });
  const childOf = (node: YamlNode, key: string | number): YamlNode | undefined => {
    if (node.kind === 'list') return node.items[Number(key)];
    if (node.kind === 'map') return node.entries.find((entry) => entry.key === key)?.value;
    return undefined;
  };
  const index: SpanRecorder = {
    record(object, place) {
      places.set(object, place);
    },
    has: (object) => places.has(object),
    of(object, key) {
      const place = places.get(object);
      if (!place) return nowhere;
      if (key === undefined) return spanAt(place, place.node.start, place.node.end);
      const child = childOf(place.node, key);
      if (child) return spanAt(place, child.start, Math.max(child.end, child.start));
      return index.name(object);
    },
    key(object, key) {
      const place = places.get(object);
      if (place?.node.kind === 'map') {
        const entry = place.node.entries.find((candidate) => candidate.key === key);
        if (entry) return spanAt(place, entry.keyStart, entry.keyEnd);
      }
      return index.name(object);
    },
    name(object) {
      const place = places.get(object);
      if (!place) return nowhere;
      const { entry, node } = place;
      if (entry) return spanAt(place, entry.keyStart, entry.keyEnd);
      const first = node.kind === 'map' ? node.entries[0] : undefined;
      if (first) return spanAt(place, first.keyStart, first.keyEnd);
      return spanAt(place, node.start, node.end);
    },
  };
  return index;
}
