/** Defaults, conditions, types and JSON. */
import { goKindOf, goTypeOf } from '../go/format.ts';
import { goJsonDecode } from '../go/json-decode.ts';
import { goJsonEncode, type JsonOptions } from '../go/json-encode.ts';
import { GoError } from '../go-error.ts';
import type { GoFunction, GoValue } from '../values.ts';
import { deepEqual, isEmpty } from './deep-equal.ts';
import { define, defineVariadic } from './define.ts';

const pretty: JsonOptions = { indent: '  ' };
const raw: JsonOptions = { escapeHtml: false };

export const defaultFunctions: readonly GoFunction[] = [
  defineVariadic('default', ['any'], 'any', 'interface {}', (given, otherwise) =>
    isEmpty(given[0] ?? null) ? otherwise : (given[0] ?? null),
  ),
  define('empty', ['any'], 'bool', isEmpty),
  defineVariadic(
    'coalesce',
    [],
    'any',
    'interface {}',
    (values) => values.find((value) => !isEmpty(value)) ?? null,
  ),
  defineVariadic('all', [], 'any', 'bool', (values) => !values.some(isEmpty)),
  defineVariadic('any', [], 'any', 'bool', (values) => values.some((value) => !isEmpty(value))),
  define('ternary', ['any', 'any', 'bool'], 'interface {}', (yes, no, condition) => (condition ? yes : no)),
  define('fail', ['string'], '(string, error)', (message) => {
    throw new GoError(message);
  }),
  define('fromJson', ['string'], 'interface {}', (text) => orElse(() => goJsonDecode(text), null)),
  define('mustFromJson', ['string'], '(interface {}, error)', goJsonDecode),
  define('toJson', ['any'], 'string', (value) => orElse(() => goJsonEncode(value), '')),
  define('mustToJson', ['any'], '(string, error)', (value) => goJsonEncode(value)),
  define('toPrettyJson', ['any'], 'string', (value) => orElse(() => goJsonEncode(value, pretty), '')),
  define('mustToPrettyJson', ['any'], '(string, error)', (value) => goJsonEncode(value, pretty)),
  define('toRawJson', ['any'], 'string', (value) => goJsonEncode(value, raw)),
  define('mustToRawJson', ['any'], '(string, error)', (value) => goJsonEncode(value, raw)),
  define('typeOf', ['any'], 'string', goTypeOf),
  define('typeIs', ['string', 'any'], 'bool', (type, value) => type === goTypeOf(value)),
  define('typeIsLike', ['string', 'any'], 'bool', (type, value) =>
    [type, `*${type}`].includes(goTypeOf(value)),
  ),
  define('kindOf', ['any'], 'string', goKindOf),
  define('kindIs', ['string', 'any'], 'bool', (kind, value) => kind === goKindOf(value)),
  define('deepEqual', ['any', 'any'], 'bool', deepEqual),
];

function orElse(run: () => GoValue, otherwise: GoValue): GoValue {
  try {
    return run();
  } catch (error) {
    if (error instanceof GoError) return otherwise;
    throw error;
  }
}
