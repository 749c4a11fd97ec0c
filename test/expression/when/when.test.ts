/** What `when` of steps and CronWorkflows evaluates to: tables of one expression a row. */
import { describe, expect, test } from 'vitest';
import { evaluateCronWhen, evaluateWhen, parseWhen } from '../../../lib/expression/when/when.ts';

function check(text: string, expected: boolean | string): void {
  const got = evaluateWhen(text);
  if (typeof expected === 'boolean') expect(got).toEqual({ ok: true, value: expected });
  else expect(got.ok ? got.value : got.error).toContain(expected);
}

describe('values', () => {
  test.each<[string, boolean | string]>([
    ['', true],
    ['true', true],
    ['blue == blue', true],
    ["blue == 'blue'", true],
    ['[dark blue] == "dark blue"', true],
    ['yes', 'Got yes'],
    ['3', 'Got 3'],
    ['(x, y)', 'Got [x y]'],
    ['()', 'Got <nil>'],
    ['TRUE', 'Got TRUE'],
    ['0x10 == 16', true],
    ['.5 + 1. == 1.5', true],
    ['1 == 1 ? a : b', 'Got a'],
    ["'1' == 1", false],
    ['v.Big == 1', "No parameter 'v' found"],
    ['v.big == 1', 'unexported field'],
    ['false && v.Big', false],
  ])('%s', check);
});

describe('operators', () => {
  test.each<[string, boolean | string]>([
    ['9 - 3 - 2 == 4', true],
    ['2 ** 2 ** 3 == 64', true],
    ['1 + 2 * 3 == 7', true],
    ['1 | 6 == 7', true],
    ['1 << 3 >> 1 == 4', true],
    ['~0 == -1', true],
    ['0 / 0 == 0 / 0', false],
    ["'n' + 1000000 == 'n1e+06'", true],
    ["'a' < 'b'", true],
    ["'\u{10000}' > '\uffff'", true],
    ['a < 1', "cannot be used with the comparator '<'"],
    ['a && true', "logical operator '&&'"],
    ['true && a', "Value 'a' cannot be used"],
    ['true || a', true],
    ['a - b == c', "modifier '-'"],
    ['- 5 < 3', true],
    ['!(a == b)', true],
    ['!!true', "Invalid token: '!!'"],
    ['!a == b', 'Failed to parse'],
    ['a in (a, b)', true],
    ['a in (a)', "comparator 'in'"],
    ['a in (b, (a, c))', false],
    ['1 << 64 == 0', true],
  ])('%s', check);
});

describe('dates and patterns', () => {
  test.each<[string, boolean | string]>([
    ["'2031-05-06' == '2031-05-06T00:00:00Z'", true],
    ["'2031-05-06T02:00:00+02:00' == '2031-05-06'", true],
    ["'2031-05-06' > '2031-05-05 23:59'", true],
    ["'2031-02-30' == '2031-03-02'", false],
    ['2031-05-06 == 2020', true],
    ["'2031-05-06' ? a : b", 'Cannot transition'],
    ["release =~ '^rel'", true],
    ['release !~ ease', false],
    ["release =~ '('", 'error parsing regexp'],
    ["release =~ 'x' ? a : b", 'Cannot transition'],
  ])('%s', check);
});

describe('text', () => {
  test.each<[string, boolean | string]>([
    ['  a==a  ', true],
    ["'it\\'s' == [it's]", true],
    ["'a\" == 'a'", true],
    ["'a", 'Unclosed string literal'],
    ['[a', 'Unclosed parameter bracket'],
    ['(a', 'Unbalanced parenthesis'],
    ['a == a\\', 'backslash'],
    ['{{x}} == y', 'try wrapping the affected expression in quotes'],
    ['(true) (false)', true],
    [' ', 'Unexpected end of expression'],
  ])('%s', check);

  test('an error points at its token', () => {
    expect(evaluateWhen('\u{1f600}a == a')).toMatchObject({ ok: false, position: 0 });
    expect(evaluateWhen("'\u{1f600}' == a b")).toMatchObject({ ok: false, position: 10 });
    expect(evaluateWhen('a == 1.2.3')).toMatchObject({ ok: false, position: 5 });
  });

  test('bare words are errors in a CronWorkflow', () => {
    expect(evaluateCronWhen('1 < 2')).toEqual({ ok: true, value: true });
    expect(evaluateCronWhen('a == a')).toMatchObject({
      ok: false,
      error: "No parameter 'a' found.",
      position: 0,
    });
  });

  test('the tokens of a parsed expression tell where they stand', () => {
    const parsed = parseWhen("ab =~ 'c'");
    expect(parsed.ok && parsed.tokens.map(({ kind, start, end }) => [kind, start, end])).toEqual([
      ['STRING', 0, 2],
      ['COMPARATOR', 3, 5],
      ['PATTERN', 6, 9],
    ]);
  });
});

describe('bounds', () => {
  test('deep brackets and long chains end with an answer', () => {
    expect(evaluateWhen('('.repeat(90) + 'true' + ')'.repeat(90))).toEqual({ ok: true, value: true });
    expect(evaluateWhen('('.repeat(50_000) + 'true' + ')'.repeat(50_000)).ok).toBe(false);
    expect(evaluateWhen(Array(5_000).fill('true').join(' && '))).toEqual({ ok: true, value: true });
    expect(evaluateWhen(`a in (${Array(5_000).fill('b').join(', ')}, a)`)).toEqual({ ok: true, value: true });
    expect(evaluateWhen('1 + '.repeat(100_000) + '1').ok).toBe(false);
  });
});
