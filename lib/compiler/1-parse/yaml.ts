/** Reads one YAML document into our own nodes, through the `yaml` library where it is not plain. */

import {
  type Alias,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
  type Scalar,
  type YAMLError,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Code } from '../../diagnostics/catalogue.ts';
import type { Limits } from './limits.ts';
import { nestingBound } from './nesting.ts';
import type { ListNode, MapEntry, MapNode, ScalarNode, YamlNode } from './node.ts';
import { readPlainYaml } from './plain-yaml.ts';
import { repairIndent } from './repair.ts';
import { resolvePlain } from './scalar.ts';

/** Something wrong with the YAML itself; offsets are in the text that was given. */
export interface YamlProblem {
  readonly code: Code;
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly related?: { readonly start: number; readonly end: number; readonly message: string };
}

export interface YamlRead {
  readonly node?: YamlNode;
  readonly problems: readonly YamlProblem[];
}

const options = {
  version: '1.1',
  schema: 'failsafe',
  merge: false,
  uniqueKeys: false,
  prettyErrors: false,
  strict: true,
  logLevel: 'silent',
} as const;

/** The first document of a text, as Argo reads it. */
export function readYaml(text: string, limits: Limits, isStrict = true): YamlRead {
  const plain = readPlainYaml(text);
  if (plain && plain.size <= limits.nodes && plain.depth <= limits.depth)
    return { node: plain, problems: [] };
  return readAnyYaml(text, limits, isStrict);
}

/** The same through the library, whatever the text holds. */
export function readAnyYaml(text: string, limits: Limits, isStrict = true): YamlRead {
  if (nestingBound(text) > 4 * limits.depth) {
    return { problems: [{ code: 'too-large', message: 'this is nested too deeply', start: 0, end: 1 }] };
  }
  try {
    const [first] = parseAllDocuments(text, options);
    if (!first) return { problems: [] };
    const error = first.errors[0];
    if (!error) return convert(first.contents as Node | null, text, (offset) => offset, { limits, isStrict });
    const repaired = repairIndent(text);
    if (repaired) {
      const [again] = parseAllDocuments(repaired.text, options);
      if (again && again.errors.length === 0) {
        return convert(again.contents as Node | null, repaired.text, repaired.original, { limits, isStrict });
      }
    }
    return { problems: [syntaxProblem(error, text)] };
  } catch (error) {
    // A stack that overflows is input that is nested too deeply.
    if (!(error instanceof RangeError)) throw error;
    return { problems: [{ code: 'too-large', message: 'this is nested too deeply', start: 0, end: 1 }] };
  }
}

const plainWords: Readonly<Record<string, string>> = {
  BAD_INDENT: 'this line is not indented as the lines around it are',
  TAB_AS_INDENT: 'a tab cannot be used for indentation',
  MISSING_CHAR: 'a closing quote, bracket or separator is missing',
  BLOCK_AS_IMPLICIT_KEY:
    'a "key:" cannot begin here: look at the indentation, and quote texts with ": " in them',
  MULTILINE_IMPLICIT_KEY: 'a key cannot go on over several lines',
  BAD_SCALAR_START: 'a text cannot begin with this character unless it is quoted',
  BAD_ALIAS: 'this anchor or alias is not written rightly',
  BAD_DQ_ESCAPE: 'this is no escape of a double-quoted text',
  UNEXPECTED_TOKEN: 'this does not belong here',
  MULTIPLE_DOCS: 'a second document begins here without "---" at the start of a line',
};

function syntaxProblem(error: YAMLError, text: string): YamlProblem {
  const [from, to] = error.pos;
  const start = Math.min(from, Math.max(0, text.length - 1));
  const end = Math.min(Math.max(to, start + 1), text.length);
  const message = plainWords[error.code] ?? firstLine(error.message);
  return { code: 'yaml-syntax', message: `not valid YAML: ${message}`, start, end };
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? message).slice(0, 200);
}

interface Conversion {
  readonly limits: Limits;
  /** Whether a key that is set twice is an error; else the last one counts. */
  readonly isStrict: boolean;
  /** Of the text that the library read; and whether it ends with a line end. */
  readonly length: number;
  readonly endsInLine: boolean;
  readonly original: (offset: number) => number;
  readonly problems: YamlProblem[];
  /** What anchors stand for; `open` while the anchored node is still being read. */
  readonly anchors: Map<string, YamlNode | 'open'>;
}

class TooLarge extends Error {}

function convert(
  root: Node | null,
  text: string,
  original: (offset: number) => number,
  options: Pick<Conversion, 'limits' | 'isStrict'>,
): YamlRead {
  const conversion: Conversion = {
    ...options,
    length: text.length,
    endsInLine: text.endsWith('\n'),
    original,
    problems: [],
    anchors: new Map(),
  };
  try {
    const node = convertNode(root, conversion, 0, 0);
    return { node, problems: conversion.problems };
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return { problems: [{ code: 'too-large', message: error.message, start: 0, end: 1 }] };
  }
}

function convertNode(node: Node | null, conversion: Conversion, at: number, depth: number): YamlNode {
  if (depth > conversion.limits.depth) {
    throw new TooLarge(`this is nested more than ${conversion.limits.depth} levels deep`);
  }
  if (isAlias(node)) return convertAlias(node, conversion);
  const anchor = node && (isScalar(node) || isCollection(node)) ? node.anchor : undefined;
  if (anchor) conversion.anchors.set(anchor, 'open');
  const converted = convertValue(node, conversion, at, depth);
  if (anchor) conversion.anchors.set(anchor, converted);
  if (converted.depth > conversion.limits.depth) {
    throw new TooLarge(`this is nested more than ${conversion.limits.depth} levels deep`);
  }
  if (converted.size > conversion.limits.nodes) {
    throw new TooLarge(`this stands for more than ${conversion.limits.nodes} values`);
  }
  return converted;
}

function convertValue(node: Node | null, conversion: Conversion, at: number, depth: number): YamlNode {
  if (isMap(node)) return convertMap(node, conversion, depth);
  if (isSeq(node)) return convertList(node, conversion, depth);
  if (isScalar(node)) return convertScalar(node, conversion);
  const place = conversion.original(at);
  return { kind: 'scalar', value: null, text: '', start: place, end: place, size: 1, depth: 1 };
}

function rangeOf(node: Node, conversion: Conversion): { readonly start: number; readonly end: number } {
  const [start, end] = node.range ?? [0, 0, 0];
  return { start: conversion.original(start), end: conversion.original(end) };
}

function convertAlias(node: Alias, conversion: Conversion): YamlNode {
  const target = conversion.anchors.get(node.source);
  const place = rangeOf(node, conversion);
  if (target && target !== 'open') return target;
  const message = target
    ? `the anchor "${node.source}" contains itself`
    : `no anchor "${node.source}" stands before this`;
  conversion.problems.push({ code: 'unknown-anchor', message, ...place });
  return { kind: 'scalar', value: null, text: '', ...place, size: 1, depth: 1 };
}

function convertScalar(node: Scalar, conversion: Conversion): ScalarNode {
  const text = scalarText(node, conversion);
  const place = rangeOf(node, conversion);
  const value = scalarValue(node, text);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    conversion.problems.push({ code: 'yaml-syntax', message: `${text} is no number in JSON`, ...place });
  }
  return { kind: 'scalar', value, text, ...place, size: 1, depth: 1 };
}

/** A block scalar that ends with the text, without a line end, has none in Argo's reader; ours adds one. */
function scalarText(node: Scalar, conversion: Conversion): string {
  const text = String(node.value ?? '');
  const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
  if (!isBlock || conversion.endsInLine || (node.range?.[1] ?? 0) < conversion.length) return text;
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

function scalarValue(node: Scalar, text: string): ScalarNode['value'] {
  const isPlain = node.type === 'PLAIN' || node.type === undefined;
  const tag = node.tag?.replace('tag:yaml.org,2002:', '!!');
  if (!tag || tag === '!!str') return isPlain && !tag ? resolvePlain(text) : text;
  if (tag === '!!binary') return atob(text.replace(/\s/g, ''));
  if (tag === '!!float' || tag === '!!int' || tag === '!!bool' || tag === '!!null') return resolvePlain(text);
  return text;
}

function convertList(node: YAMLSeq, conversion: Conversion, depth: number): ListNode {
  const place = rangeOf(node, conversion);
  const items = node.items.map((item) => {
    const child = isPair(item) ? null : (item as Node | null);
    return convertNode(child, conversion, node.range?.[0] ?? 0, depth + 1);
  });
  return { kind: 'list', items, ...place, ...measure(items) };
}

function convertMap(node: YAMLMap, conversion: Conversion, depth: number): MapNode {
  const entries = new Map<string, MapEntry>();
  for (const pair of node.items as Pair<Node | null, Node | null>[]) {
    const place = keyRange(pair, node, conversion);
    if (isMergeKey(pair.key)) {
      mergeInto(entries, pair, place, conversion, depth);
      continue;
    }
    const key = keyText(pair.key, place, conversion);
    const after = pair.key?.range?.[1] ?? node.range?.[0] ?? 0;
    const value = convertNode(pair.value, conversion, after + 1, depth + 1);
    if (key === undefined) continue;
    const previous = entries.get(key);
    if (previous) reportDuplicate(key, place, previous, conversion);
    entries.set(key, { key, keyStart: place.start, keyEnd: place.end, value });
  }
  const list = [...entries.values()];
  return {
    kind: 'map',
    entries: list,
    ...rangeOf(node, conversion),
    ...measure(list.map((entry) => entry.value)),
  };
}

function keyRange(pair: Pair<Node | null>, map: YAMLMap, conversion: Conversion) {
  return rangeOf(pair.key ?? (map as Node), conversion);
}

function isMergeKey(key: Node | null): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
}

function keyText(
  key: Node | null,
  place: { readonly start: number; readonly end: number },
  conversion: Conversion,
): string | undefined {
  if (key && !isScalar(key) && !isAlias(key)) {
    const message = 'a map or list cannot be a key: a text that begins with "{" or "[" needs quotes';
    conversion.problems.push({ code: 'invalid-key', message, ...place });
    return undefined;
  }
  const scalar = convertNode(key, conversion, place.start, 0);
  if (scalar.kind !== 'scalar' || scalar.value === null) {
    conversion.problems.push({ code: 'invalid-key', message: 'a key cannot be empty', ...place });
    return undefined;
  }
  return String(scalar.value);
}

function reportDuplicate(
  key: string,
  place: { readonly start: number; readonly end: number },
  previous: MapEntry,
  conversion: Conversion,
): void {
  conversion.problems.push({
    code: conversion.isStrict ? 'duplicate-key' : 'repeated-key',
    message: `"${key}" is set twice in the same map`,
    ...place,
    related: { start: previous.keyStart, end: previous.keyEnd, message: 'first set here' },
  });
}

/** Argo's reader is strict: a key that is set both by a merge and directly is a duplicate for it. */
function mergeInto(
  entries: Map<string, MapEntry>,
  pair: Pair<Node | null, Node | null>,
  place: { readonly start: number; readonly end: number },
  conversion: Conversion,
  depth: number,
): void {
  const value = convertNode(pair.value, conversion, pair.key?.range?.[1] ?? 0, depth + 1);
  const maps = value.kind === 'list' ? value.items : [value];
  for (const map of maps) {
    if (map.kind !== 'map') {
      const message = '"<<" takes a map or a list of maps';
      conversion.problems.push({ code: 'invalid-key', message, ...place });
      continue;
    }
    for (const entry of map.entries) {
      const previous = entries.get(entry.key);
      if (previous) reportDuplicate(entry.key, place, previous, conversion);
      entries.set(entry.key, entry);
    }
  }
}

function measure(children: readonly YamlNode[]): { readonly size: number; readonly depth: number } {
  let size = 1;
  let depth = 0;
  for (const child of children) {
    size += child.size;
    if (child.depth > depth) depth = child.depth;
  }
  return { size, depth: depth + 1 };
}
