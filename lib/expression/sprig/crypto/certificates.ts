/** X.509 certificates and private keys: `genCA`, `genSignedCert` and their kin. */
import { createHash, createPublicKey, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { goFormat, itemsOf } from '../../go/format.ts';
import { goString } from '../../go/utf8.ts';
import { GoError } from '../../go-error.ts';
import type { GoFunction, GoList, GoMap } from '../../values.ts';
import { define } from '../define.ts';
import { decodeBase64 } from '../text/encoding.ts';
import {
  bitString,
  boolean,
  context,
  der,
  identifier,
  integer,
  octets,
  pem,
  readElements,
  sequence,
  time,
} from './der.ts';
import { generatePrivateKey, generateRsaKey, parsePrivateKey, privateKeyPem } from './private-keys.ts';

const result = '(sprig.certificate, error)';

export const certificateFunctions: readonly GoFunction[] = [
  define('genPrivateKey', ['string'], 'string', generatePrivateKey),
  define('buildCustomCert', ['string', 'string'], result, customCertificate),
  define('genCA', ['string', 'int'], result, (name, days) =>
    issue({ name, days, isAuthority: true }, generateRsaKey(2048)),
  ),
  define('genCAWithKey', ['string', 'int', 'string'], result, (name, days, key) =>
    issue({ name, days, isAuthority: true }, givenKey(key)),
  ),
  define('genSelfSignedCert', ['string', 'list', 'list', 'int'], result, (name, ips, hosts, days) =>
    issue({ name, days, ips, hosts }, generateRsaKey(2048)),
  ),
  define(
    'genSelfSignedCertWithKey',
    ['string', 'list', 'list', 'int', 'string'],
    result,
    (name, ips, hosts, days, key) => issue({ name, days, ips, hosts }, givenKey(key)),
  ),
  define(
    'genSignedCert',
    ['string', 'list', 'list', 'int', 'certificate'],
    result,
    (name, ips, hosts, days, ca) => issue({ name, days, ips, hosts }, generateRsaKey(2048), ca),
  ),
  define(
    'genSignedCertWithKey',
    ['string', 'list', 'list', 'int', 'certificate', 'string'],
    result,
    (name, ips, hosts, days, ca, key) => issue({ name, days, ips, hosts }, givenKey(key), ca),
  ),
];

interface Request {
  readonly name: string;
  readonly days: bigint;
  readonly ips?: GoList;
  readonly hosts?: GoList;
  readonly isAuthority?: boolean;
}

function certificate(cert: string, key: string): GoMap {
  return {
    kind: 'map',
    type: 'sprig.certificate',
    entries: new Map([
      ['Cert', cert],
      ['Key', key],
    ]),
  };
}

function givenKey(text: string): KeyObject {
  return wrapped('parsing private key', () => parsePrivateKey(text));
}

function wrapped<T>(message: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof GoError) throw new GoError(`${message}: ${error.message}`);
    throw error;
  }
}

function customCertificate(cert64: string, key64: string): GoMap {
  const decode = (text: string, what: string): string => {
    try {
      return goString(decodeBase64(text));
    } catch {
      throw new GoError(`unable to decode base64 ${what}`);
    }
  };
  const cert = decode(cert64, 'certificate');
  const key = decode(key64, 'private key');
  readCertificate(cert);
  wrapped('error parsing private key', () => parsePrivateKey(key));
  return certificate(cert, key);
}

function readCertificate(text: string): X509Certificate {
  if (!/-----BEGIN [A-Z0-9 ]+-----[\s\S]*-----END [A-Z0-9 ]+-----/.test(text)) {
    throw new GoError('unable to decode certificate');
  }
  try {
    return new X509Certificate(text);
  } catch {
    throw new GoError('error parsing certificate: decodedCert.Bytes: the data is no certificate');
  }
}

/** Signs with the authority's key, or with its own if there is no authority. */
function issue(request: Request, key: KeyObject, authority?: GoMap): GoMap {
  const field = (name: string): string => goFormat(authority?.entries?.get(name) ?? '');
  const parent = authority ? readCertificate(field('Cert')) : undefined;
  const signer = authority ? wrapped('error parsing private key', () => parsePrivateKey(field('Key'))) : key;
  const subject = nameOf(request.name);
  const body = sequence(
    context(0, true, integer(2n)),
    integer(BigInt(`0x${randomBytes(16).toString('hex')}`)),
    algorithmOf(signer),
    parent ? subjectOf(parent) : subject,
    validity(request.days),
    subject,
    publicKeyOf(key),
    context(3, true, sequence(...extensions(request, key, parent))),
  );
  const isEd25519 = signer.asymmetricKeyType === 'ed25519';
  const signature = sign(isEd25519 ? null : 'sha256', body, signer);
  return certificate(
    pem('CERTIFICATE', sequence(body, algorithmOf(signer), bitString(signature))),
    privateKeyPem(key),
  );
}

function extensions(
  { isAuthority = false, ips, hosts }: Request,
  key: KeyObject,
  parent?: X509Certificate,
): Buffer[] {
  const extension = (id: string, isCritical: boolean, value: Buffer): Buffer =>
    sequence(identifier(id), ...(isCritical ? [boolean(true)] : []), octets(value));
  // Bits from the left: 0 digital signature, 2 key encipherment, 5 certificate signing.
  const usage = isAuthority ? bitString(Buffer.from([0xa4]), 2) : bitString(Buffer.from([0xa0]), 5);
  const purposes = sequence(identifier('1.3.6.1.5.5.7.3.1'), identifier('1.3.6.1.5.5.7.3.2'));
  const names = [...hostNames(hosts), ...addresses(ips)];
  const all = [
    extension('2.5.29.15', true, usage),
    extension('2.5.29.37', false, purposes),
    extension('2.5.29.19', true, isAuthority ? sequence(boolean(true)) : sequence()),
  ];
  if (isAuthority) all.push(extension('2.5.29.14', false, octets(keyIdentifier(createPublicKey(key)))));
  if (parent) {
    all.push(extension('2.5.29.35', false, sequence(context(0, false, keyIdentifier(parent.publicKey)))));
  }
  if (names.length > 0) all.push(extension('2.5.29.17', false, sequence(...names)));
  return all;
}

function hostNames(hosts?: GoList): Buffer[] {
  return (hosts ? itemsOf(hosts) : []).map((host) => {
    if (typeof host === 'string') return context(2, false, Buffer.from(host));
    throw new GoError(`error processing alternate dns name: ${goFormat(host)} is not a string`);
  });
}

function addresses(ips?: GoList): Buffer[] {
  return (ips ? itemsOf(ips) : []).map((ip) => {
    if (typeof ip !== 'string') throw new GoError(`error parsing ip: ${goFormat(ip)} is not a string`);
    if (isIPv4(ip)) return context(7, false, Buffer.from(ip.split('.').map(Number)));
    if (!isIPv6(ip) || ip.includes('%')) throw new GoError(`error parsing ip: ${ip}`);
    return context(7, false, ipv6Bytes(ip));
  });
}

function ipv6Bytes(ip: string): Buffer {
  const dotted = /[0-9.]+\.[0-9.]+$/.exec(ip)?.[0];
  const [a = 0, b = 0, c = 0, d = 0] = dotted?.split('.').map(Number) ?? [];
  const hex = (value: number): string => value.toString(16);
  const text =
    dotted === undefined ? ip : ip.slice(0, -dotted.length) + `${hex(a * 256 + b)}:${hex(c * 256 + d)}`;
  const [head = '', tail] = text.split('::');
  const words = (part: string): string[] => part.split(':').filter((word) => word !== '');
  const left = words(head);
  const right = words(tail ?? '');
  const zeros = Array<string>(tail === undefined ? 0 : 8 - left.length - right.length).fill('0');
  const all = [...left, ...zeros, ...right].map((word) => word.padStart(4, '0')).join('');
  return Buffer.from(all, 'hex');
}

function nameOf(commonName: string): Buffer {
  if (commonName === '') return sequence();
  return sequence(der(0x31, sequence(identifier('2.5.4.3'), der(0x0c, Buffer.from(commonName)))));
}

function subjectOf(parent: X509Certificate): Buffer {
  const [outer] = readElements(parent.raw);
  const [body] = readElements(outer?.content ?? Buffer.alloc(0));
  const fields = readElements(body?.content ?? Buffer.alloc(0)).filter(({ tag }) => tag !== 0xa0);
  return fields[4]?.whole ?? sequence();
}

/** At most some thousand years, beyond which dates have no form. */
function validity(days: bigint): Buffer {
  const now = Date.now();
  const span = Number(days > 1_000_000n ? 1_000_000n : days < -700_000n ? -700_000n : days) * 86_400_000;
  return sequence(time(new Date(now)), time(new Date(now + span)));
}

function algorithmOf(key: KeyObject): Buffer {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return sequence(identifier('1.2.840.113549.1.1.11'), der(0x05));
    case 'ec':
      return sequence(identifier('1.2.840.10045.4.3.2'));
    case 'ed25519':
      return sequence(identifier('1.3.101.112'));
    default:
      throw new GoError('error creating certificate: x509: only RSA, ECDSA and Ed25519 keys supported');
  }
}

function publicKeyOf(key: KeyObject): Buffer {
  algorithmOf(key);
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

function keyIdentifier(key: KeyObject): Buffer {
  const [outer] = readElements(key.export({ type: 'spki', format: 'der' }));
  const [, bits] = readElements(outer?.content ?? Buffer.alloc(0));
  const hash = createHash('sha256').update(bits?.content.subarray(1) ?? Buffer.alloc(0));
  return hash.digest().subarray(0, 20);
}
