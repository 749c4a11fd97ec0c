/** Arithmetic, counting and conversions to numbers. */
import { goFormat } from '../go/format.ts';
import { nearestGoInt, parseGoInt } from '../go/parse-number.ts';
import { GoError } from '../go-error.ts';
import type { GoFunction, GoList, GoValue } from '../values.ts';
import { toFloat64, toInt64 } from './cast.ts';
import { randomInt } from './crypto/random.ts';
import { add, type Decimal, decimalOf, divide, floatOf, multiply, subtract } from './decimal.ts';
import { alias, define, defineVariadic } from './define.ts';
import { boundedCount, int64 } from './results.ts';

const max = defineVariadic('max', ['any'], 'any', 'int64', (rest, first) =>
  int64(rest.map(toInt64).reduce(larger, toInt64(first))),
);

export const numberFunctions: readonly GoFunction[] = [
  define('atoi', ['string'], 'int', (text) => nearestGoInt(text)),
  define('int64', ['any'], 'int64', (value) => int64(toInt64(value))),
  define('int', ['any'], 'int', toInt64),
  define('float64', ['any'], 'float64', toFloat64),
  define('toDecimal', ['any'], 'int64', (value) => int64(parseGoInt(goFormat(value), 8) ?? 0n)),
  defineVariadic('seq', [], 'int', 'string', sequenceText),
  define('until', ['int'], '[]int', (count) => intList(steps(0n, count, count < 0n ? -1n : 1n))),
  define('untilStep', ['int', 'int', 'int'], '[]int', (start, stop, step) =>
    intList(steps(start, stop, step)),
  ),
  define('add1', ['any'], 'int64', (value) => int64(toInt64(value) + 1n)),
  defineVariadic('add', [], 'any', 'int64', (values) =>
    int64(values.map(toInt64).reduce((sum, value) => sum + value, 0n)),
  ),
  define('sub', ['any', 'any'], 'int64', (a, b) => int64(toInt64(a) - toInt64(b))),
  define('div', ['any', 'any'], 'int64', (a, b) => int64(toInt64(a) / divisor(b))),
  define('mod', ['any', 'any'], 'int64', (a, b) => int64(toInt64(a) % divisor(b))),
  defineVariadic('mul', ['any'], 'any', 'int64', (rest, first) =>
    int64(rest.map(toInt64).reduce((product, value) => BigInt.asIntN(64, product * value), toInt64(first))),
  ),
  define('randInt', ['int', 'int'], 'int', (least, below) => {
    if (below <= least) throw new GoError('invalid argument to Intn');
    return least + randomInt(below - least);
  }),
  define('add1f', ['any'], 'float64', (value) => calculate(add, value, [1n])),
  defineVariadic('addf', [], 'any', 'float64', (values) => calculate(add, 0, values)),
  defineVariadic('subf', ['any'], 'any', 'float64', (rest, first) => calculate(subtract, first, rest)),
  defineVariadic('divf', ['any'], 'any', 'float64', (rest, first) => calculate(divide, first, rest)),
  defineVariadic('mulf', ['any'], 'any', 'float64', (rest, first) => calculate(multiply, first, rest)),
  max,
  alias('biggest', max),
  defineVariadic('min', ['any'], 'any', 'int64', (rest, first) =>
    int64(rest.map(toInt64).reduce((a, b) => (larger(a, b) === a ? b : a), toInt64(first))),
  ),
  defineVariadic('maxf', ['any'], 'any', 'float64', (rest, first) =>
    extreme(rest, first, Number.POSITIVE_INFINITY),
  ),
  defineVariadic('minf', ['any'], 'any', 'float64', (rest, first) =>
    extreme(rest, first, Number.NEGATIVE_INFINITY),
  ),
  define('ceil', ['any'], 'float64', (value) => Math.ceil(toFloat64(value))),
  define('floor', ['any'], 'float64', (value) => Math.floor(toFloat64(value))),
  defineVariadic('round', ['any', 'int'], 'float64', 'float64', (options, value, places) =>
    round(toFloat64(value), Number(places), options[0] ?? 0.5),
  ),
];

function larger(a: bigint, b: bigint): bigint {
  return a < b ? b : a;
}

function divisor(value: GoValue): bigint {
  const number = toInt64(value);
  if (number === 0n) throw new GoError('runtime error: integer divide by zero');
  return number;
}

function calculate(
  operation: (a: Decimal, b: Decimal) => Decimal,
  first: GoValue,
  rest: readonly GoValue[],
): number {
  const start = decimalOf(toFloat64(first));
  return floatOf(rest.map((value) => decimalOf(toFloat64(value))).reduce(operation, start));
}

/** `math.Max` and `math.Min`: an infinity on the winning side wins over NaN. */
function extreme(rest: readonly GoValue[], first: GoValue, winner: number): number {
  const choose = winner > 0 ? Math.max : Math.min;
  return rest
    .map(toFloat64)
    .reduce((a, b) => (a === winner || b === winner ? winner : choose(a, b)), toFloat64(first));
}

function round(value: number, places: number, roundOn: number): number {
  const power = places < 0 ? 1 / Number(`1e${-places}`) : Number(`1e${places}`);
  const digit = power * value;
  const fraction = digit - Math.trunc(digit);
  return (fraction >= roundOn ? Math.ceil(digit) : Math.floor(digit)) / power;
}

function steps(start: bigint, stop: bigint, step: bigint): bigint[] {
  if (step === 0n || stop < start === step > 0n) return [];
  const distance = stop < start ? start - stop : stop - start;
  const size = step < 0n ? -step : step;
  const count = boundedCount((distance + size - 1n) / size, 0);
  return Array.from({ length: count }, (_, at) => start + BigInt(at) * step);
}

function sequenceText(params: readonly bigint[]): string {
  const [first = 0n, second = 0n, third = 0n] = params;
  if (params.length === 0 || params.length > 3) return '';
  const start = params.length === 1 ? 1n : first;
  const end = params.length === 1 ? first : params.length === 2 ? second : third;
  const direction = end < start ? -1n : 1n;
  const step = params.length === 3 ? second : direction;
  if (params.length === 3 && direction < 0n && step > 0n) return '';
  return steps(start, end + direction, step).join(' ');
}

function intList(items: readonly bigint[]): GoList {
  return { kind: 'list', type: '[]int', items };
}
