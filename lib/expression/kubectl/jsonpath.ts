/** `kubectl get -o jsonpath=`: client-go's util/jsonpath, with missing keys allowed as kubectl has it. */
import { goFloatText } from '../go/float-text.ts';
import { goJsonDecode } from '../go/json-decode.ts';
import { goJsonEncode } from '../go/json-encode.ts';
import { compareGoStrings } from '../go/utf8.ts';
import { GoError } from '../go-error.ts';
import type { Bound, Node } from './jsonpath-nodes.ts';
import { parseTemplate } from './jsonpath-parse.ts';

/** JSON, and undefined for the nothing that a range without items is read with. */
type Value = unknown;

/** Throws GoError when the template cannot be read. */
export function checkJsonPath(template: string): void {
  parseTemplate(template);
}

/** What the template prints of a JSON document. Throws GoError. */
export function kubectlJsonPath(template: string, document: unknown): string {
  const nodes = parseTemplate(template);
  const { results } = resultsOf(nodes, 0, document, 0);
  return results.map(printed).join('');
}

interface Results {
  readonly results: readonly (readonly Value[])[];
  /** Where the innermost range ended. */
  readonly end?: number;
}

/** A `range` runs what follows it up to its `end` once for each value. */
function resultsOf(nodes: readonly Node[], from: number, data: Value, depth: number): Results {
  const results: (readonly Value[])[] = [];
  for (let at = from; at < nodes.length; at += 1) {
    const node = nodes[at]!;
    const word = wordOf(node);
    const values = walk([data], node, depth > 0);
    if (word === 'end') return { results, end: at };
    if (word !== 'range') {
      results.push(values);
      continue;
    }
    let end: number | undefined;
    for (const value of values) {
      const inner = resultsOf(nodes, at + 1, value, depth + 1);
      results.push(...inner.results);
      end = inner.end ?? end;
    }
    if (values.length === 0) end = resultsOf(nodes, at + 1, undefined, depth + 1).end;
    at = end ?? at;
  }
  return { results };
}

function wordOf(node: Node): string | undefined {
  const first = node.kind === 'list' ? node.nodes[0] : undefined;
  return first?.kind === 'identifier' ? first.name : undefined;
}

function walk(input: readonly Value[], node: Node, isInRange: boolean): readonly Value[] {
  switch (node.kind) {
    case 'list':
      return node.nodes.reduce<readonly Value[]>((current, one) => walk(current, one, isInRange), input);
    case 'text':
      return [node.text];
    case 'field':
      return input.flatMap((value) =>
        isMap(value) && Object.hasOwn(value, node.name) ? [value[node.name]] : [],
      );
    case 'identifier':
      if (node.name === 'range') return input;
      if (node.name !== 'end') throw new GoError(`unrecognized identifier ${node.name}`);
      if (!isInRange) throw new GoError('not in range, nothing to end');
      return [];
    case 'literal':
      return input.map(() => (node.isFloat ? { [FLOAT]: Number(node.value) } : node.value));
    case 'slice':
      return input.flatMap((value) => (value === null ? [] : sliced(value, node)));
    case 'union':
      return node.parts.flatMap((part) => walk(input, part, isInRange));
    case 'wildcard':
      return input.flatMap(childrenOf);
    case 'recursive':
      return descended(input);
    case 'filter':
      return input.flatMap((value) => filtered(value, node));
  }
}

/** A number that was written with a point; JSON's own are told apart by their value. */
const FLOAT = Symbol('float');

function isFloat(value: Value): value is { readonly [FLOAT]: number } {
  return typeof value === 'object' && value !== null && FLOAT in value;
}

function sliced(value: Value, node: Extract<Node, { kind: 'slice' }>): readonly Value[] {
  if (!Array.isArray(value)) throw new GoError(`${goType(value)} is not array or slice`);
  const { length } = value;
  const given = node.from ?? 0;
  const start = given < 0 ? given + length : given;
  const end = endOf(node.to, given, length);
  if (start === end) return [];
  if (start >= length || start < 0)
    throw new GoError(`array index out of bounds: index ${start}, length ${length}`);
  if (end > length || end < 0)
    throw new GoError(`array index out of bounds: index ${end - 1}, length ${length}`);
  if (start > end) throw new GoError(`starting index ${start} is greater than ending index ${end}`);
  const step = node.step ?? 1;
  if (step <= 0) throw new GoError('step must be > 0');
  return value.slice(start, end).filter((_item, index) => index % step === 0);
}

function endOf(to: Bound, from: number, length: number): number {
  if (to.kind === 'end') return length;
  const at = to.kind === 'derived' ? from + 1 : to.at;
  return at < 0 || (at === 0 && to.kind === 'derived') ? at + length : at;
}

function childrenOf(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value as readonly Value[];
  if (isMap(value)) return sortedEntries(value).map(([, one]) => one);
  return typeof value === 'string' ? [...Buffer.from(value)] : [];
}

function descended(input: readonly Value[]): readonly Value[] {
  return input.flatMap((value) => {
    const children = childrenOf(value);
    return children.length === 0 ? [] : [value, ...descended(children)];
  });
}

function filtered(value: Value, node: Extract<Node, { kind: 'filter' }>): readonly Value[] {
  if (!Array.isArray(value))
    throw new GoError(`${printedOne(value)} is not array or slice and cannot be filtered`);
  return value.filter((item: Value) => {
    if (node.operator === 'exists') return existing(item, node.left);
    const left = single(walk([item], node.left, false));
    const right = left === undefined ? undefined : single(walk([item], node.right, false));
    return left !== undefined && right !== undefined && holds(left.value, node.operator, right.value);
  });
}

function existing(item: Value, left: Node): boolean {
  try {
    return walk([item], left, false).length > 0;
  } catch (error) {
    if (error instanceof GoError) return false;
    throw error;
  }
}

function single(values: readonly Value[]): { readonly value: Value } | undefined {
  if (values.length > 1) throw new GoError('can only compare one element at a time');
  return values.length === 0 ? undefined : { value: values[0] };
}

/** `third_party/forked/golang/template/funcs.go`: only values of one kind can be compared. */
function holds(left: Value, operator: string, right: Value): boolean {
  switch (operator) {
    case '==':
      return order(left, right, true) === 0;
    case '!=':
      return order(left, right, true) !== 0;
    case '<':
      return order(left, right, false) < 0;
    case '<=':
      return order(left, right, false) <= 0;
    case '>':
      return order(left, right, false) > 0;
    case '>=':
      return order(left, right, false) >= 0;
    default:
      throw new GoError(`unrecognized filter operator ${operator}`);
  }
}

function order(left: Value, right: Value, forEquality: boolean): number {
  const kind = basicKind(left);
  if (kind !== basicKind(right)) throw new GoError('incompatible types for comparison');
  if (kind === 'string') return compareGoStrings(left as string, right as string);
  if (kind !== 'bool') return numberOf(left) - numberOf(right);
  if (!forEquality) throw new GoError('invalid type for comparison');
  return left === right ? 0 : 1;
}

function basicKind(value: Value): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (isFloat(value)) return 'float';
  throw new GoError('invalid type for comparison');
}

function numberOf(value: Value): number {
  return isFloat(value) ? value[FLOAT] : Number(value);
}

function goType(value: Value): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (isMap(value)) return 'map[string]interface {}';
  return basicKind(value) === 'int' ? 'int64' : 'float64';
}

function printed(values: readonly Value[]): string {
  return values.map(printedOne).join(' ');
}

function printedOne(value: Value): string {
  if (value === null || value === undefined) return 'null';
  if (isFloat(value)) return goFloatText(value[FLOAT]);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : goFloatText(value);
  if (typeof value !== 'object') return String(value);
  return goJsonEncode(goJsonDecode(JSON.stringify(value)));
}

function isMap(value: Value): value is Readonly<Record<string, Value>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isFloat(value);
}

function sortedEntries(map: Readonly<Record<string, Value>>): readonly (readonly [string, Value])[] {
  return Object.entries(map).sort(([a], [b]) => compareGoStrings(a, b));
}
