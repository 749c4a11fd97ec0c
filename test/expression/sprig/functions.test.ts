/** sprig's functions, called as expressions call them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateExpr } from '../../../lib/expression/expr/expression.ts';
import { goFormat, goTypeOf } from '../../../lib/expression/go/format.ts';
import { exprEnv } from '../../../lib/expression/scope.ts';
import { sprigFunctions } from '../../../lib/expression/sprig/functions.ts';
import type { GoValue } from '../../../lib/expression/values.ts';
import { survives } from '../survives.ts';

/** Type and text of the value, or the error. */
function evaluate(expression: string): string {
  const result = evaluateExpr(expression, exprEnv(new Map()));
  return result.ok ? `${goTypeOf(result.value)} ${goFormat(result.value)}` : 'error';
}

describe('values', () => {
  test.each([
    ['sprig.add("010", 1.9, true)', 'int64 10'],
    ['sprig.int("1_0.7")', 'int 0'],
    ['sprig.subf(1, 0.9)', 'float64 0.1'],
    ['sprig.divf(10, 3)', 'float64 3.3333333333333335'],
    ['sprig.round(2.675, 2)', 'float64 2.68'],
    ['sprig.seq(5, -2, 0)', 'string 5 3 1'],
    ['sprig.snakecase("HTTPServer2xx Bld4Floor")', 'string http_server_2xx_bld4_floor'],
    ['sprig.camelcase("_no_HTTPS-x")', 'string _NoHttpsX'],
    ['sprig.wrapWith(4, "|", "one twothree")', 'string one|twot|hree'],
    ['sprig.abbrevboth(5, 10, "1234 5678 9123")', 'string ...5678...'],
    ['sprig.title("ab-cd éf g_h")', 'string Ab-Cd Éf G_h'],
    ['sprig.replace("", "-", "é😀")', 'string -é-😀-'],
    ['sprig.quote(nil, "a\\n", 1.0)', 'string "a\\n" "1"'],
    ['sprig.chunk(2, [1, 2, 3])', '[][]interface {} [[1 2] [3]]'],
    ['sprig.uniq([1, 1.0, "1", 1, [2], [2]])', '[]interface {} [1 1 1 [2]]'],
    ['sprig.slice(sprig.splitList(",", "a,b,c"), 1)', '[]string [b c]'],
    ['sprig.dig("a", "b", "d", {a: {c: 1}})', 'string d'],
    [
      'sprig.merge({a: {x: 1}, b: ""}, {a: {x: 2, y: 3}, b: "s"})',
      'map[string]interface {} map[a:map[x:1 y:3] b:s]',
    ],
    [
      'sprig.mergeOverwrite({a: {x: 1}}, {a: {x: 2}, b: nil})',
      'map[string]interface {} map[a:map[x:2] b:<nil>]',
    ],
    ['let d = sprig.dict("a", 1); let e = sprig.set(d, "b", 2); sprig.keys(d)', '[]string [a b]'],
    ['sprig.semverCompare("1.2 - 1.4 || ^3", "1.4.9")', 'bool true'],
    ['sprig.semverCompare("~1.x, !=1.3", "1.3.7")', 'bool false'],
    ['sprig.semver("v1.2").IncMinor().Original()', 'string v1.3.0'],
    [
      'sprig.urlJoin({scheme: "http", userinfo: "u:p@w", host: "h", path: "a?b!"})',
      'string http://u:p%40w@h/a%3Fb%21',
    ],
    ['sprig.b64dec("YW=J")', 'string illegal base64 data at input byte 2'],
    ['sprig.dir("a/../../b")', 'string ..'],
    ['sprig.durationRound("25h")', 'string 1d'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the braces belong to Go's template.
    ['sprig.regexReplaceAll("a(x*)b", "-ab-axxb-", "${1}W")', 'string -W-xxW-'],
    ['sprig.typeOf(sprig.mustFirst)', 'string func(interface {}) (interface {}, error)'],
    ['sprig.decryptAES("k", sprig.encryptAES("k", "secret"))', 'string secret'],
  ])('%s', (expression, expected) => expect(evaluate(expression)).toBe(expected));
});

describe('errors', () => {
  test.each([
    'sprig.trim(1)',
    'sprig.trim()',
    'sprig.trunc("5", "x")',
    'sprig.div(1, 0)',
    'sprig.substr(3, 2, "hello")',
    'sprig.first("abc")',
    'sprig.slice([1], 0, 2)',
    'sprig.mustToJson(sprig.trim)',
    'sprig.hasKey([1], "a")',
    'sprig.repeat(1000000000, "x")',
    'sprig.until(1000000000)',
    'sprig.urlParse("http://h:x")',
    'sprig.derivePassword(1, "long", "p", "u", "s")',
    'sprig.env("HOME")',
  ])('%s', (expression) => expect(evaluate(expression)).toBe('error'));
});

test('what one expression does to the functions, the next does not see', () => {
  expect(evaluate('sprig.unset(sprig, "trim") != nil')).toBe('bool true');
  expect(evaluate('sprig.trim(" x ")')).toBe('string x');
});

test('certificates are signed by their authority', () => {
  const key = 'sprig.genPrivateKey("ecdsa")';
  const authority = `sprig.genCAWithKey("ca", 1, ${key})`;
  expect(
    evaluate(`sprig.genSignedCertWithKey("a", ["10.0.0.1"], ["b.c"], 1, ${authority}, ${key}).Cert`),
  ).toMatch(/^string -----BEGIN CERTIFICATE-----\n/);
  expect(evaluate(`sprig.genSignedCertWithKey("a", ["nope"], nil, 1, ${authority}, ${key})`)).toBe('error');
});

test('functions fail only as Go does, whatever they are given', () => {
  const scalar = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.integer({ min: -5, max: 5 }).map(BigInt),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
  );
  const list = fc
    .array(scalar, { maxLength: 4 })
    .map((items): GoValue => ({ kind: 'list', type: '[]interface {}', items }));
  const map = fc.dictionary(fc.string({ maxLength: 3 }), scalar, { maxKeys: 3 }).map(
    (object): GoValue => ({
      kind: 'map',
      type: 'map[string]interface {}',
      entries: new Map(Object.entries(object)),
    }),
  );
  const value: fc.Arbitrary<GoValue> = fc.oneof(scalar, list, map);
  const slow = /^(?:gen|bcrypt|htpasswd)/;
  const names = [...sprigFunctions.keys()].filter((name) => !slow.test(name));
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.array(value, { maxLength: 4 }), (name, args) => {
      survives(() => sprigFunctions.get(name)?.call(args));
    }),
    { numRuns: 5000 },
  );
});
