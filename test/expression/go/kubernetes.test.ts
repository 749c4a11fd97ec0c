/** Quantities, label selectors and conditions of resources. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyString } from '../../../lib/expression/go/any-string.ts';
import {
  intOrStringType,
  intOrStringValue32,
  isIntOrArgoVariable,
} from '../../../lib/expression/go/int-or-string.ts';
import { jsonMember } from '../../../lib/expression/go/kubernetes/json-member.ts';
import { parseSelector } from '../../../lib/expression/go/kubernetes/label-selector.ts';
import { parseQuantity } from '../../../lib/expression/go/kubernetes/quantity.ts';
import { resourceOutcome } from '../../../lib/expression/go/kubernetes/resource-condition.ts';
import { survives } from '../survives.ts';

describe('quantities', () => {
  test.each([
    ['1.5Gi', '1536Mi', 1610612736n, 1610612736000n],
    ['0.1', '100m', 1n, 100n],
    ['-0.1', '-100m', -1n, -100n],
    ['2048Ki', '2Mi', 2097152n, 2097152000n],
    ['1e4', '10e3', 10000n, 10000000n],
    ['1Ei', '1Ei', 1152921504606846976n, -9223372036854775808n],
  ])('%s', (text, canonical, value, milliValue) => {
    expect(parseQuantity(text)).toEqual({ canonical, value, milliValue });
  });

  test.each(['', '1KiB', '1 Gi', '--1', '1e', '1e99999999999'])('refuses %j', (text) => {
    expect(() => parseQuantity(text)).toThrow();
  });

  test('survive any text', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789.+-eEKMGTPinumk '), maxLength: 60 });
    fc.assert(fc.property(text, (value) => survives(() => parseQuantity(value))));
  });
});

describe('selectors', () => {
  test('sort requirements and their values', () => {
    expect(parseSelector('b notin (y,,x), !c , a=in')).toEqual([
      { key: 'a', operator: '=', values: ['in'] },
      { key: 'b', operator: 'notin', values: ['', 'x', 'y'] },
      { key: 'c', operator: '!', values: [] },
    ]);
  });

  test.each(['a &&', 'a > x', 'a in', 'a,', '-a', 'a = "b"', 'a/b/c', 'a >= 1'])('refuse %s', (text) => {
    expect(() => parseSelector(text)).toThrow();
  });

  test('survive any text', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab/.-_!=<>(), \tin') });
    fc.assert(fc.property(text, (value) => survives(() => parseSelector(value))));
  });
});

describe('conditions', () => {
  const object = '{"status": {"n": 3, "ok": true, "f": 1e3, "n": 4, "list": [{"a": null}]}}';

  test.each([
    ['status.n > 2', undefined, 'succeeded'],
    ['status.n > 3', undefined, 'waiting'],
    [undefined, 'status.gone == x, status.ok == true', 'failed'],
    ['status.ok == true', 'status.n == 4', 'succeeded'],
    ['status.f == 1000', undefined, 'succeeded'],
    ['status.list.0.a ==', undefined, 'succeeded'],
    ['status.ok &&', undefined, 'invalid'],
  ])('%s / %s', (successCondition, failureCondition, outcome) => {
    const conditions = {
      ...(successCondition === undefined ? {} : { successCondition }),
      ...(failureCondition === undefined ? {} : { failureCondition }),
    };
    expect(resourceOutcome(conditions, object).kind).toBe(outcome);
  });

  test('a member is found in any document', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.jsonValue()), (document) => {
        const json = JSON.stringify(document);
        for (const key of Object.keys(document)) expect(jsonMember(json, key)).toBeDefined();
        expect(jsonMember(json, 'missing')).toBeUndefined();
      }),
    );
  });
});

test('integers or strings', () => {
  expect(intOrStringValue32('4294967297')).toBe(1);
  expect(intOrStringType('4294967297')).toBe('string');
  expect(isIntOrArgoVariable('{{x}}')).toBe(true);
  expect(isIntOrArgoVariable('1.0')).toBe(false);
});

test.each([
  ['1e3', '1000'],
  ['true', 'true'],
  ['"x"', 'x'],
  ['[1]', ''],
  ['1e-7', '0.0000001'],
])('AnyString of %s', (json, text) => expect(anyString(json)).toBe(text));
