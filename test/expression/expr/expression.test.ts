/**
 * Expressions as Argo evaluates them: values, Go types, errors and the budgets that keep every input
 * total.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileExpr, evalBool, evaluateExpr } from '../../../lib/expression/expr/expression.ts';
import { goFormat, goTypeOf } from '../../../lib/expression/go/format.ts';
import { exprEnv } from '../../../lib/expression/scope.ts';
import type { GoValue } from '../../../lib/expression/values.ts';

const env = exprEnv(
  new Map<string, GoValue>([
    ['steps.one.outputs.result', '41'],
    ['steps.two-three.status', 'Failed'],
    ['tasks.gone.outputs.parameters.x', null],
    ['item', '{"a": [1, 2]}'],
    ['name', 'Zoë'],
  ]),
);

/** The value's `%v` and type. */
function shown(text: string): string {
  const result = evaluateExpr(text, env);
  return result.ok
    ? `${goTypeOf(result.value)} ${goFormat(result.value)}`
    : `${result.phase}: ${result.error}`;
}

test.each([
  ['asInt(steps.one.outputs.result) + 1', 'int 42'],
  ['asFloat(steps.one.outputs.result) / 2', 'float64 20.5'],
  ['7 / 7', 'float64 1'],
  ['2 ** 10', 'float64 1024'],
  ['-7 % 3', 'int -1'],
  ['9223372036854775807 + 1', 'int -9223372036854775808'],
  ['0x10 + 0b11 + 0o7 + 1_000', 'int 1026'],
  ['1 + 1.0', 'float64 2'],
  ['string(2000000.0)', 'string 2e+06'],
  ["steps['two-three'].status in ['Failed', 'Error']", 'bool true'],
  ['tasks.gone.outputs.parameters.x ?? "absent"', 'string absent'],
  ['tasks.never?.outputs.result', '<nil> <nil>'],
  ['1 < 2 < 3', 'bool true'],
  ['3 > 2 > 1', 'bool true'],
  ['"b" not in ["a"]', 'bool true'],
  ['1..4 | filter(# % 2 == 0) | map(# * #) | sum()', 'int 20'],
  ['map(["x", "y"], # + string(#index))', '[]interface {} [x0 y1]'],
  ['reduce([[1], [2]], concat(#acc, #))', '[]interface {} [1 2]'],
  ['sortBy([{n: 2}, {n: 1}], .n)[0].n', 'int 1'],
  ['groupBy(["ab", "ac", "b"], #[:1])["a"]', '[]interface {} [ab ac]'],
  ['let a = 1; let b = a + 1; a + b', 'int 3'],
  ['if name == "Zoë" { "yes" } else { "no" }', 'string yes'],
  ['len(name) == 3 && len(name[0:4]) == 3', 'bool true'],
  ['name[2:3] + name[3:4]', 'string ë'],
  ['fromJSON(item).a[1]', 'float64 2'],
  ['jsonpath(item, "$.a[0]")', 'float64 1'],
  ['toJson({b: [1.5, nil], a: "<"})', 'string {"a":"\\u003c","b":[1.5,null]}'],
  ['date("2024-03-10").AddDate(0, 1, -9).Format("Jan 2")', 'string Apr 1'],
  ['(date("2024-03-02") - date("2024-03-01")).Hours()', 'float64 24'],
  ['date("2024-02-29").Month()', 'time.Month February'],
  ['date("2024-01-01", "2006-01-02", "Asia/Tokyo").UTC().Hour()', 'int 15'],
  ['duration("1m") * 90', 'time.Duration 1h30m0s'],
  ['{"a": 1, "a": 2}.a', 'int 1'],
  ['split("a-b-c", "-", 2)', '[]string [a b-c]'],
  ['"\\u{1F600}" == "\\U0001F600"', 'bool true'],
  ['`raw ``tick`', 'string raw `tick'],
  ['b"\\xff\\x00"', '[]uint8 [255 0]'],
  ['// note\n1 /* inside */ + 2', 'int 3'],
  ['first([]) == nil && last([1, 2]) == 2', 'bool true'],
  ["len(filter(take(['b', 'a'], 0), # == 1))", 'int 0'],
  ['steps.one.outputs.missing or true', 'bool true'],
  ['sum([asInt("1"), "x"]) ?? 0', 'run: invalid operation: int + string'],
  ['true && steps.one.outputs.missing.deep', 'run: cannot fetch deep from <nil>'],
  ['len(filter(1..9, # > 3))', 'int 6'],
  ['filter([1, 2], # > 5)[0]', 'run: reflect: slice index out of range'],
  ['sum(1..5000000)', 'int 12500002500000'],
])('%s gives %s', (text, expected) => {
  expect(shown(text)).toBe(expected);
});

test.each([
  ['missing', 'compile', 1],
  ['1 + true', 'compile', 3],
  ['"x" == 1', 'compile', 5],
  ['7 % 0', 'compile', 3],
  ['let len = 1; len', 'compile', 5],
  ['"a" matches "("', 'compile', 5],
  ['upper(1)', 'compile', 7],
  ['asInt("a")', 'run', 1],
  ['[1][1]', 'run', 4],
  ['fromJSON("{")', 'run', 1],
  ['1 ?? 2 + 3', 'compile', 8],
  ['nil.a', 'compile', 4],
  ['#', 'compile', 1],
])('%s fails at %s, column %i', (text, phase, column) => {
  expect(evaluateExpr(text, env)).toMatchObject({ ok: false, phase, position: { line: 1, column } });
});

test('a condition must be a bool', () => {
  expect(evalBool('1 == 1', env)).toEqual({ ok: true, value: true });
  expect(evalBool('"true"', env)).toMatchObject({ ok: false });
});

test('a program runs again with the same result', () => {
  const program = compileExpr('let x = 1..3; sum(x)', env);
  expect(program.ok && program.run()).toEqual({ ok: true, value: 6n });
  expect(program.ok && program.run()).toEqual({ ok: true, value: 6n });
});

describe('budgets', () => {
  test.each([
    ['nesting', '('.repeat(50_000)],
    ['unary operators', `${'-'.repeat(50_000)}1`],
    ['a long chain', `1${'+1'.repeat(20_000)}`],
    ['elements', 'len(1..2000000)'],
    ['loops in loops', 'any(1..99999, any(1..99999, # < 0))'],
    ['doubled strings', 'reduce(1..60, #acc + #acc, "aaaaaaaa")'],
    ['doubled lists', 'toJSON(reduce(1..60, [#acc, #acc], [1]))'],
    ['deep values', 'string(reduce(1..5000, [#acc], [1]))'],
  ])('%s are bounded', (_, text) => {
    expect(evaluateExpr(text, env)).toMatchObject({ ok: false });
  });
});

const word = fc.constantFrom(
  ...'a b steps.one.outputs.result item name true false nil 1 2.5 "s" \'t\' [1,2] {a:1} # .x #acc $env'.split(
    ' ',
  ),
  ...'+ - * / % ** == != < <= in not and or ! ?? ?. ? : | .. ; , ( ) [ ] { } let if else matches'.split(' '),
  ...'len( map( filter( sum( reduce( sortBy( toJSON( asInt( sprig.upper( date( split( get('.split(' '),
);

test('no text makes the engine throw', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.array(word, { maxLength: 25 }).map((w) => w.join(' ')),
  );
  fc.assert(
    fc.property(text, (each) => {
      expect(typeof evaluateExpr(each, env).ok).toBe('boolean');
    }),
    { numRuns: 3_000 },
  );
});
