/** expr-lang's functions for JSON and base64. */

import { goJsonDecode } from '../../go/json-decode.ts';
import { goJsonEncode } from '../../go/json-encode.ts';
import { goBytes, goString } from '../../go/utf8.ts';
import { GoError } from '../../go-error.ts';
import type { Builtin } from './builtins.ts';
import { textAt } from './builtins-string.ts';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Go's decoder passes over line breaks and wants the padding. */
function decode(text: string): Uint8Array {
  const joined = text.replace(/[\r\n]/g, '');
  if (!BASE64.test(joined)) throw new GoError('illegal base64 data');
  return Uint8Array.from(Buffer.from(joined, 'base64'));
}

export const encodingFunctions: readonly (readonly [string, Builtin])[] = [
  ['toJSON', ([value = null]) => goJsonEncode(value, { indent: '  ' })],
  ['fromJSON', (args) => goJsonDecode(textAt(args, 0))],
  ['toBase64', (args) => Buffer.from(goBytes(textAt(args, 0))).toString('base64')],
  ['fromBase64', (args) => goString(decode(textAt(args, 0)))],
];
