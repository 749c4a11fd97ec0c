/**
 * What a plain scalar means, as the YAML 1.1 reader behind Argo has it (`resolve.go` of go.yaml.in/yaml/v2):
 * yes/no/on/off/y/n are booleans, 0755 is octal, 1_000 is a number, 12:30 and dates are texts.
 */

type Scalar = null | boolean | number | string;

const words: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (word) => [word, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (word) => [word, false] as const,
  ),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map(
    (word) => [word, Number.POSITIVE_INFINITY] as const,
  ),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);

const yamlFloat = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const decimal = /^[-+]?(0|[1-9][0-9]*)$/;
const based = /^([-+]?)0(?:[xX]([0-9a-fA-F]+)|[bB]([01]+)|[oO]?([0-7]+))$/;
const timestamp = /^\d{4}-\d{1,2}-\d{1,2}([Tt ]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?([Zz]|[-+]\d{2}:\d{2})?)?$/;

const least = -(2n ** 63n);
const greatest = 2n ** 64n;

/** The value of a plain (unquoted, untagged) scalar. */
export function resolvePlain(text: string): Scalar {
  const first = text.charCodeAt(0);
  const isNumeric = (first >= 48 && first <= 57) || first === 43 || first === 45;
  if (!isNumeric) {
    if (words.has(text)) return words.get(text) as Scalar;
    return first === 46 && isGoFloat(text) ? Number(text.replaceAll('_', '')) : text;
  }
  if (words.has(text)) return words.get(text) as Scalar;
  if (timestamp.test(text)) return text;
  const bare = text.replaceAll('_', '');
  const integer = integerOf(bare);
  if (integer !== undefined) return integer;
  if (!yamlFloat.test(bare)) return text;
  const float = Number(bare);
  return Number.isFinite(float) ? float : text;
}

/** A text that begins with a dot goes to Go's ParseFloat as it is, so underscores do not count. */
function isGoFloat(text: string): boolean {
  return /^\.[0-9]+([eE][-+]?[0-9]+)?$/.test(text) && Number.isFinite(Number(text));
}

function integerOf(text: string): number | undefined {
  if (decimal.test(text)) return inRange(BigInt(text.replace('+', '')));
  const match = based.exec(text);
  if (!match) return undefined;
  const [, sign, hex, binary, octal] = match;
  const digits = hex ? `0x${hex}` : binary ? `0b${binary}` : `0o${octal}`;
  const value = BigInt(digits);
  return inRange(sign === '-' ? -value : value);
}

function inRange(value: bigint): number | undefined {
  return value >= least && value < greatest ? Number(value) : undefined;
}

/** A number as Go's `strconv.FormatFloat(value, 'f', -1, 64)` writes it: never with an exponent. */
export function formatNumber(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  const match = /^(-?)(\d+)(?:\.(\d+))?e([-+]\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const shift = Number(exponent);
  const digits = whole + fraction;
  if (shift < 0) return `${sign}0.${'0'.repeat(-shift - 1)}${digits}`;
  return sign + digits.padEnd(shift + 1, '0');
}
