/** Private keys: making, reading and writing them as Go does. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { GoError } from '../../go-error.ts';
import { integer, pem, readElements, sequence } from './der.ts';

/** `genPrivateKey`: PEM, or a text that says that the type is unknown. */
export function generatePrivateKey(type: string): string {
  switch (type) {
    case '':
    case 'rsa':
      return privateKeyPem(generateRsaKey(4096));
    case 'ecdsa':
      return privateKeyPem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
    case 'ed25519':
      return privateKeyPem(generateKeyPairSync('ed25519').privateKey);
    case 'dsa':
      return privateKeyPem(
        generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).privateKey,
      );
    default:
      return `Unknown type ${type}`;
  }
}

export function generateRsaKey(bits: number): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
}

/** The key in the form that Go writes for its kind. */
export function privateKeyPem(key: KeyObject): string {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' }).toString();
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' }).toString();
    case 'dsa':
      return dsaPem(key);
    default:
      return key.export({ type: 'pkcs8', format: 'pem' }).toString();
  }
}

/** Reads a key from PEM. Throws GoError with sprig's messages. */
export function parsePrivateKey(text: string): KeyObject {
  const label = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/.exec(text)?.[1];
  if (label === undefined) throw new GoError('no PEM data in input');
  if (label !== 'PRIVATE KEY' && !label.endsWith(' PRIVATE KEY')) {
    throw new GoError(`no private key data in PEM block of type ${label}`);
  }
  if (!/^(?:(?:RSA|EC|DSA) )?PRIVATE KEY$/.test(label)) {
    throw new GoError(`invalid private key type ${label.slice(0, -12)}`);
  }
  try {
    return createPrivateKey(text);
  } catch {
    throw new GoError(`parsing ${label} from PEM: the data is no such key`);
  }
}

/** The traditional form, which Node does not write: version, p, q, g, y, x. */
function dsaPem(key: KeyObject): string {
  const [outer] = readElements(key.export({ type: 'pkcs8', format: 'der' }));
  const [, algorithm, secret] = readElements(outer?.content ?? Buffer.alloc(0));
  const [, parameters] = readElements(algorithm?.content ?? Buffer.alloc(0));
  const [p = 0n, q = 0n, g = 0n] = readElements(parameters?.content ?? Buffer.alloc(0)).map(({ content }) =>
    big(content),
  );
  const [x] = readElements(secret?.content ?? Buffer.alloc(0));
  const exponent = big(x?.content ?? Buffer.alloc(0));
  const numbers = [0n, p, q, g, modularPower(g, exponent, p), exponent];
  return pem('DSA PRIVATE KEY', sequence(...numbers.map(integer)));
}

function big(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex') || '0'}`);
}

function modularPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
