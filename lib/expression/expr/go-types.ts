/** Reads Go's types as `%T` writes them: kinds, elements, keys, signatures of functions. */

export const ANY = 'interface {}';
export const ANY_LIST = '[]interface {}';
export const ANY_MAP = 'map[string]interface {}';
/** What expr-lang has for a built-in function without declared types. */
export const ANY_FUNCTION = 'func(...interface {}) (interface {}, error)';

const BASIC = /^(?:bool|string|u?int(?:8|16|32|64)?|float(?:32|64))$/;
const NAMED: ReadonlyMap<string, string> = new Map([
  ['time.Duration', 'int64'],
  ['time.Month', 'int'],
  ['time.Weekday', 'int'],
  [ANY, 'interface'],
]);

/** Go's reflect.Kind of a type; `invalid` where the type is not known. */
export function kindOf(type: string | undefined): string {
  if (type === undefined || type === '<nil>') return 'invalid';
  if (BASIC.test(type)) return type;
  const named = NAMED.get(type);
  if (named !== undefined) return named;
  if (type.startsWith('[]')) return 'slice';
  if (type.startsWith('[')) return 'array';
  if (type.startsWith('map[')) return 'map';
  if (type.startsWith('func(')) return 'func';
  return type.startsWith('*') ? 'ptr' : 'struct';
}

/** The type of the elements of a slice, array or map. */
export function elementOf(type: string): string {
  return type.slice(closing(type, '[', ']') + 1);
}

/** The type of a map's keys. */
export function keyOf(type: string): string {
  return type.slice('map['.length, closing(type, '[', ']'));
}

/** Where the first bracket that opens is closed. */
function closing(type: string, open: string, close: string): number {
  let depth = 0;
  for (let at = 0; at < type.length; at++) {
    if (type[at] === open) depth += 1;
    if (type[at] !== close) continue;
    depth -= 1;
    if (depth === 0) return at;
  }
  return type.length;
}

export interface Signature {
  readonly params: readonly string[];
  readonly variadic: boolean;
  readonly result: string;
}

/** `func(A, ...B) R` in parts; a second result, the error, is left out. */
export function signatureOf(type: string): Signature {
  const end = closing(type, '(', ')');
  const params = splitTypes(type.slice('func('.length, end));
  const results = type.slice(end + 1).trim();
  const result = results.startsWith('(') ? (splitTypes(results.slice(1, -1))[0] ?? ANY) : results;
  const last = params.at(-1) ?? '';
  const variadic = last.startsWith('...');
  return { params: variadic ? [...params.slice(0, -1), last.slice(3)] : params, variadic, result };
}

function splitTypes(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if ('([{'.includes(char)) depth += 1;
    if (')]}'.includes(char)) depth -= 1;
    if (char !== ',' || depth > 0) continue;
    parts.push(text.slice(from, at).trim());
    from = at + 1;
  }
  const rest = text.slice(from).trim();
  return rest === '' ? parts : [...parts, rest];
}
