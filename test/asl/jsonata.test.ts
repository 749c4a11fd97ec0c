import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../lib/asl/json.ts';
import {
  compileExpression,
  type ExpressionScope,
  isExpression,
  isVariableName,
  jsonataPath,
  jsonataString,
  jsonataValue,
  unwrapExpression,
  wrapExpression,
} from '../../lib/asl/jsonata.ts';

function scope(values: Readonly<Record<string, unknown>> = {}): ExpressionScope {
  return {
    lookup: (name) => (Object.hasOwn(values, name) ? values[name] : undefined),
    plain: new WeakSet(),
    random: () => 0.25,
    uuid: () => 'the-uuid',
    now: () => 86_400_000,
  };
}

async function evaluate(bare: string, values?: Readonly<Record<string, unknown>>): Promise<unknown> {
  const compiled = compileExpression(bare);
  if (!compiled.ok) throw new Error(compiled.message);
  const result = await compiled.expression.evaluate(scope(values));
  if (!result.ok) throw new Error(result.failure.kind === 'threw' ? result.failure.text : 'unsupported');
  return result.value;
}

/** JSON has no minus zero, and JSON.stringify writes it as zero. */
const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);

describe('quoting', () => {
  it('gives back every string', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect(await evaluate(jsonataString(text))).toBe(text);
      }),
    );
  });
  it('gives back every JSON value', async () => {
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        // The `jsonata` package assigns to this key, and so loses it.
        fc.pre(!JSON.stringify(value).includes('"__proto__":'));
        expect(JSON.stringify(await evaluate(jsonataValue(value)))).toBe(JSON.stringify(value));
      }),
    );
  });
  it('reaches every key', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string(), async (outer, inner) => {
        fc.pre(!/^__(proto|define|lookup)/.test(outer + inner));
        const value = Object.fromEntries([[outer, Object.fromEntries([[inner, 7]])]]);
        expect(await evaluate(jsonataPath('$x', [outer, inner]), { x: value })).toBe(7);
      }),
    );
  });
  it('never closes the brackets early', () => {
    expect(jsonataString('a %} b')).not.toContain('%}');
    expect(jsonataPath('$x', ['%}'])).not.toContain('%}');
  });
  it('wraps and unwraps', () => {
    expect(unwrapExpression(wrapExpression('$x + 1'))).toBe('$x + 1');
    expect([isExpression('{%%}'), isExpression('{%}'), isExpression(' {% 1 %}'), isExpression(1)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('plain paths', () => {
  it('give what jsonata itself gives', async () => {
    const keys = fc.constantFrom('a', 'b', 'c');
    const tree = fc.letrec<{ readonly node: unknown }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom(null, 0, 'x', false),
        fc.array(tie('node'), { maxLength: 2 }),
        fc.dictionary(keys, tie('node'), { maxKeys: 3 }),
      ),
    })).node;
    await fc.assert(
      fc.asyncProperty(tree, fc.array(keys, { maxLength: 3 }), async (x, path) => {
        const plain = ['$x', ...path].join('.');
        // Parentheses keep it from being taken for a plain path.
        const full = `(${plain})`;
        expect(await evaluate(plain, { x })).toEqual(await evaluate(full, { x }));
      }),
      { numRuns: 500 },
    );
  });
});

describe('functions of AWS', () => {
  it.each<readonly [string, unknown]>([
    ['$partition([1,2,3], 2)', [[1, 2], [3]]],
    ['$partition([0], 2.9)', [[0]]],
    ['$partition([], 2)', []],
    ['$range(0, 9, 3)', [0, 3, 6, 9]],
    ['$range(5, 1, -2)', [5, 3, 1]],
    ['$range(1, 9, 9)', 1],
    ['$hash("a", "MD5")', '0cc175b9c0f1b6a831c399e269772661'],
    ['$hash("a", "SHA-1")', '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'],
    ['$random(42)', 0.7275636800328681],
    ['$random()', 0.25],
    ['$uuid()', 'the-uuid'],
    ['$parse("{\\"a\\": [1]}").a', [1]],
    ['$parse("-0")', 0],
    ['$now()', '1970-01-02T00:00:00.000Z'],
    ['$now("[Y0001]")', '1970'],
    ['$millis()', 86_400_000],
    ['$lookup({"a": 1}, "constructor")', undefined],
    ['$lookup([{"a": 1}, {"a": 2}], "a")', [1, 2]],
    ['$map([1, 2], $string)', ['1', '2']],
  ])('%s', async (bare, value) => {
    expect(await evaluate(bare)).toEqual(value);
  });

  it.each([
    ['$partition([1], 0)', /positive/],
    ['$range(0, 1, 0)', /zero/],
    ['$range(0, 1e9, 1)', /items/],
    ['$hash("a", "CRC")', /algorithm/],
    ['$parse("{")', /JSON/],
    ['$range("a", 1, 1)', /T0410/],
    ['$eval("1")', /T1006/],
  ])('%s fails', async (bare, message) => {
    await expect(evaluate(bare)).rejects.toThrow(message);
  });
});

describe('values', () => {
  it('never change, and are shared where they can be', async () => {
    const list = Object.freeze([] as const);
    const held = { list, deep: { a: [1, 2] } };
    await evaluate('$x.list{"k": 1}', { x: held });
    expect(held).toEqual({ list: [], deep: { a: [1, 2] } });
    const known = { ...scope({ x: held }), plain: new WeakSet([held.deep]) };
    const compiled = compileExpression('{"y": $x.deep} /* by jsonata */');
    if (!compiled.ok) throw new Error(compiled.message);
    const result = await compiled.expression.evaluate(known);
    expect(result.ok && (result.value as { readonly y: unknown }).y).toBe(held.deep);
  });
  it('lose the marks of jsonata', async () => {
    const value = (await evaluate('[1..3][$ > 1]')) as readonly number[];
    expect(Object.getOwnPropertyNames(value)).toEqual(['0', '1', 'length']);
  });
});

describe('names of variables', () => {
  it.each([
    ['a', true],
    ['größe_2', true],
    ['a-b', false],
    ['2a', false],
    ['', false],
    ['x'.repeat(81), false],
  ])('%s: %s', (name, valid) => {
    expect(isVariableName(name)).toBe(valid);
  });
});
