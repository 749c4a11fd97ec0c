/** Passwords and encryption. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, scryptSync } from 'node:crypto';
import { goBytes, goString } from '../../go/utf8.ts';
import { GoError } from '../../go-error.ts';
import type { GoFunction } from '../../values.ts';
import { define } from '../define.ts';
import { decodeBase64 } from '../text/encoding.ts';
import { bcryptHash } from './bcrypt.ts';

export const cryptoFunctions: readonly GoFunction[] = [
  define('bcrypt', ['string'], 'string', bcryptText),
  define('htpasswd', ['string', 'string'], 'string', (user, password) =>
    user.includes(':') ? `invalid username: ${user}` : `${user}:${bcryptText(password)}`,
  ),
  define('encryptAES', ['string', 'string'], '(string, error)', encrypt),
  define('decryptAES', ['string', 'string'], '(string, error)', decrypt),
  define('derivePassword', ['uint32', 'string', 'string', 'string', 'string'], 'string', (counter, ...rest) =>
    derivePassword(Number(counter.value), ...rest),
  ),
];

function bcryptText(password: string): string {
  const bytes = goBytes(password);
  if (bytes.length > 72)
    return 'failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes';
  return bcryptHash(bytes, randomBytes(16));
}

/** AES-256-CBC with the password, cut or filled with zeros, for a key; the initial vector stands in front. */
function encrypt(password: string, text: string): string {
  if (text === '') return '';
  const vector = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', keyOf(password), vector);
  return Buffer.concat([vector, cipher.update(goBytes(text)), cipher.final()]).toString('base64');
}

function decrypt(password: string, encrypted: string): string {
  if (encrypted === '') return '';
  const bytes = decodeBase64(encrypted);
  if (bytes.length < 16)
    throw new GoError(`runtime error: slice bounds out of range [:16] with capacity ${bytes.length}`);
  if (bytes.length % 16 !== 0) throw new GoError('crypto/cipher: input not full blocks');
  const decipher = createDecipheriv('aes-256-cbc', keyOf(password), bytes.subarray(0, 16)).setAutoPadding(
    false,
  );
  const plain = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]);
  const padding = plain.at(-1);
  if (padding === undefined) throw new GoError('runtime error: index out of range [-1]');
  if (padding > plain.length)
    throw new GoError(`runtime error: slice bounds out of range [:${plain.length - padding}]`);
  return goString(plain.subarray(0, plain.length - padding));
}

function keyOf(password: string): Buffer {
  const key = Buffer.alloc(32);
  key.set(goBytes(password).subarray(0, 32));
  return key;
}

const templates: ReadonlyMap<string, readonly string[]> = new Map([
  ['maximum', ['anoxxxxxxxxxxxxxxxxx', 'axxxxxxxxxxxxxxxxxno']],
  [
    'long',
    (
      'CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno ' +
      'CvcvnoCvccCvcv CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno ' +
      'CvccnoCvccCvcv CvccCvccnoCvcv CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno ' +
      'CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno'
    ).split(' '),
  ],
  ['medium', ['CvcnoCvc', 'CvcCvcno']],
  ['short', ['Cvcn']],
  ['basic', ['aaanaaan', 'aannaaan', 'aaannaaa']],
  ['pin', ['nnnn']],
]);

const consonants = 'BCDFGHJKLMNPQRSTVWXYZ';
const characters: Readonly<Record<string, string>> = {
  V: 'AEIOU',
  C: consonants,
  v: 'aeiou',
  c: consonants.toLowerCase(),
  A: `AEIOU${consonants}`,
  a: `AEIOUaeiou${consonants}${consonants.toLowerCase()}`,
  n: '0123456789',
  o: "@&%?,=[]_:-+*$#!'^~;()/.",
  x: `AEIOUaeiou${consonants}${consonants.toLowerCase()}0123456789!@#$%^&*()`,
};

/** The Master Password algorithm (masterpassword.app), version 3, with scrypt and HMAC-SHA-256. */
function derivePassword(counter: number, type: string, password: string, user: string, site: string): string {
  const forms = templates.get(type);
  if (!forms) return `cannot find password template ${type}`;
  const scope = Buffer.from('com.lyndir.masterpassword');
  const name = Buffer.from(goBytes(user));
  const target = Buffer.from(goBytes(site));
  const salt = Buffer.concat([scope, uint32(name.length), name]);
  const key = scryptSync(goBytes(password), salt, 64, { N: 32768, r: 8, p: 2, maxmem: 128 * 1024 * 1024 });
  const message = Buffer.concat([scope, uint32(target.length), target, uint32(counter)]);
  const seed = createHmac('sha256', key).update(message).digest();
  const form = forms[(seed[0] ?? 0) % forms.length] ?? '';
  return Array.from(form, (kind, at) => {
    const choice = characters[kind] ?? '';
    return choice[(seed[at + 1] ?? 0) % choice.length];
  }).join('');
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
