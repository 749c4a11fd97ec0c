import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression, type ExpressionResult } from '../../lib/asl/jsonata.ts';
import { parseSimple } from '../../lib/asl/simple-jsonata/parse.ts';

type Values = Readonly<Record<string, unknown>>;

async function evaluate(text: string, values: Values): Promise<ExpressionResult> {
  const compiled = compileExpression(text);
  if (!compiled.ok) throw new Error(`${text}: ${compiled.message}`);
  return compiled.expression.evaluate({
    lookup: (name) => (Object.hasOwn(values, name) ? values[name] : undefined),
    plain: new WeakSet(),
    random: () => 0.5,
    uuid: () => 'u',
    now: () => 0,
  });
}

/** What JSON and a reader of messages see. A comment keeps an expression from being taken for a simple one. */
async function outcomes(text: string, values: Values): Promise<readonly string[]> {
  const both = [await evaluate(text, values), await evaluate(`${text} /* by jsonata */`, values)];
  return both.map((result) => JSON.stringify(result));
}

const name = fc.constantFrom('a', 'b', 'c');
const literal = fc.oneof(
  fc.constantFrom('true', 'false', 'null', '0', '1', '2.5', '-1', '1e3', '12345678901234567890', '0.1'),
  fc
    .constantFrom('', 'a', 'x', '{"a":1}', '[1,{"b":"x"}]', '-0', 'ä€', '😀x')
    .map((text) => JSON.stringify(text)),
);

/** Conditions on the items of arrays. */
const test = fc.letrec<{ readonly any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    name,
    fc.tuple(name, name).map(([outer, inner]) => `${outer}.${inner}`),
    literal,
    fc
      .tuple(tie('any'), fc.constantFrom('=', '!=', 'in', 'and', 'or'), tie('any'))
      .map((parts) => parts.join(' ')),
    tie('any').map((given) => `$not(${given})`),
    tie('any').map((given) => `$exists(${given})`),
    name.map((key) => `${key} in ["x", ${key}]`),
    name.map((key) => `$count(${key}[b = ${key}]) = 1`),
  ),
})).any;

const expression = fc.letrec<{ readonly any: string; readonly path: string }>((tie) => {
  const two = fc.tuple(tie('any'), tie('any'));
  return {
    path: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('$x', '$y', '$states', '$missing'),
      fc.tuple(tie('path'), name).map(([path, key]) => `${path}.${key}`),
      fc.tuple(tie('path'), fc.integer({ min: -2, max: 2 })).map(([path, at]) => `${path}[${at}]`),
      fc.tuple(tie('path'), name).map(([path, key]) => `${path}.\`${key}\``),
      fc.tuple(tie('path'), test).map(([path, condition]) => `${path}[${condition}]`),
    ),
    any: fc.oneof(
      { depthSize: 'small' },
      literal,
      tie('path'),
      fc
        .tuple(two, fc.constantFrom('&', '=', '!=', 'and', 'or', 'in', '+', '-', '*', '<', '<=', '>', '>='))
        .map(([[left, right], operator]) => `${left} ${operator} ${right}`),
      fc
        .tuple(tie('any'), two)
        .map(([condition, [then, otherwise]]) => `${condition} ? ${then} : ${otherwise}`),
      fc.tuple(tie('any'), tie('any')).map(([condition, then]) => `(${condition} ? ${then})`),
      fc.array(tie('any'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
      fc
        .tuple(fc.array(tie('path'), { maxLength: 3 }), test, fc.constantFrom('', '.a', '.b[a]'))
        .map(([items, condition, rest]) => `[${items.join(', ')}][${condition}]${rest}`),
      fc
        .tuple(fc.array(tie('path'), { maxLength: 3 }), name, test)
        .map(([items, key, condition]) => `[${items.join(', ')}].${key}[${condition}]`),
      fc.tuple(tie('any'), fc.integer({ min: -2, max: 1 })).map(([inner, at]) => `(${inner})[${at}]`),
      fc
        .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', '1', ''), tie('any')), {
          selector: ([key]) => key,
          maxLength: 3,
        })
        .map(
          (members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(', ')}}`,
        ),
      fc.tuple(two, name).map(([[bound, body], key]) => `($${key}:=${bound}; [$${key}, ${body}])`),
      fc
        .tuple(fc.constantFrom('exists', 'string', 'count', 'not', 'merge', 'parse'), tie('any'))
        .map(([called, given]) => `$${called}(${given})`),
      two.map(([text, part]) => `$contains(${text}, ${part})`),
      fc
        .tuple(tie('any'), fc.integer({ min: -3, max: 3 }), fc.option(fc.integer({ min: -1, max: 3 })))
        .map(
          ([text, from, length]) =>
            `$substring(${[text, from, ...(length === null ? [] : [length])].join(', ')})`,
        ),
    ),
  };
}).any;

const value = fc.letrec<{ readonly node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, 0, 1, -1.5, 1 / 3, 'x', '', '{"a":1}', false, true),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(name, tie('node'), { maxKeys: 3 }),
  ),
})).node;

describe('simple expressions', () => {
  it('give what jsonata gives, errors included', async () => {
    let simple = 0;
    await fc.assert(
      fc.asyncProperty(expression, value, value, async (text, x, y) => {
        if (parseSimple(text) !== undefined) simple += 1;
        const [ours, theirs] = await outcomes(text, { x, y, states: { a: x, b: y } });
        expect(ours, text).toBe(theirs);
      }),
      { numRuns: Number(process.env['ARGOSY_LAW_RUNS'] ?? 1000) },
    );
    expect(simple).toBeGreaterThan(0);
  });

  it.each([
    // A sequence of one is its item, nothing is false, and arrays within arrays are flattened unless they are written.
    ['[$x.a, $x.b]', { x: { a: [1, 2], b: [3] } }],
    ['[[$x.a], $missing]', { x: { a: [1] } }],
    ['$x.a.b', { x: { a: [{ b: 1 }] } }],
    ['$missing = $missing', {}],
    ['$missing != 1', {}],
    ['1 < "a"', {}],
    ['$x and true', { x: [0, 0] }],
    ['($x := 1; ($x := 2); $x)', {}],
    ['$count([1, 2])', { count: 5 }],
    ['$merge([{"a": 1}, 2])', {}],
    ['"\\u0041\\n" & \'b\'', {}],
    ['$x.`a b`.in', { x: { 'a b': {} } }],
    ['$states.input', { states: { input: 1 } }],
    ['$x.a[0].b', { x: { a: [[{ b: 1 }]] } }],
    ['-$x', { x: 1 }],
    ['1 - -1', {}],
    ['$parse("{")', {}],
    ['$parse("1e999")', {}],
    ['$string(1e21) & 0.1 & 100000000000000000000', {}],
    ['$sum', {}],
    ['$substring("😀x", 1)', {}],
  ])('%s', async (text, values) => {
    const [ours, theirs] = await outcomes(text, values);
    expect(ours).toBe(theirs);
  });

  it('know nothing of what JavaScript gives every object', async () => {
    expect(await evaluate('$x.constructor', { x: {} })).toEqual({ ok: true, value: undefined });
  });

  it.each([
    '$x[$ > 1]',
    '$map($x, function($v) { $v })',
    '$x.*',
    '$',
    'a.b',
    '$x ~> $string()',
    '$x{"k": 1}',
    '1..2',
    '$x@$y.z',
  ])('leaves %s to jsonata', (text) => {
    expect(parseSimple(text)).toBeUndefined();
  });
});
