/** The bcrypt password hash, version 2a with cost 10, as golang.org/x/crypto/bcrypt writes it. */

interface Blowfish {
  readonly p: Uint32Array;
  readonly s: Uint32Array;
}

const rounds = 16;
const cost = 10;
const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The hash of at most 72 bytes with a salt of 16 bytes: 60 characters. */
export function bcryptHash(password: Uint8Array, salt: Uint8Array): string {
  const key = Uint8Array.from([...password, 0]);
  const cipher = initialState();
  expandKey(cipher, key, salt);
  for (let left = 2 ** cost; left > 0; left -= 1) {
    expandKey(cipher, key);
    expandKey(cipher, salt);
  }
  const text = Buffer.from('OrpheanBeholderScryDoubt');
  const block = Uint32Array.from({ length: 6 }, (_, at) => text.readUInt32BE(at * 4));
  for (let at = 0; at < block.length; at += 2) for (let n = 0; n < 64; n += 1) encipher(cipher, block, at);
  const bytes = Buffer.alloc(24);
  block.forEach((word, at) => {
    bytes.writeUInt32BE(word, at * 4);
  });
  return `$2a$${cost}$${encode(salt)}${encode(bytes.subarray(0, 23))}`;
}

/** Blowfish begins with the fraction of pi, 1042 words of 32 bits. */
function initialState(): Blowfish {
  const words = 18 + 4 * 256;
  const bits = BigInt(words * 32);
  const guard = 64n;
  const one = 1n << (bits + guard);
  // Machin: pi = 16 arctan(1/5) - 4 arctan(1/239).
  const pi = 16n * arctanInverse(5n, one) - 4n * arctanInverse(239n, one);
  const fraction = (pi >> guard) & ((1n << bits) - 1n);
  const hex = fraction.toString(16).padStart(words * 8, '0');
  const all = Uint32Array.from({ length: words }, (_, at) =>
    Number.parseInt(hex.slice(at * 8, at * 8 + 8), 16),
  );
  return { p: all.slice(0, 18), s: all.slice(18) };
}

function arctanInverse(x: bigint, one: bigint): bigint {
  let power = one / x;
  let sum = power;
  for (let n = 3n, sign = -1n; power > 0n; n += 2n, sign = -sign) {
    power /= x * x;
    sum += (sign * power) / n;
  }
  return sum;
}

/** Mixes the key into the state, and the salt into what is enciphered. */
function expandKey(cipher: Blowfish, key: Uint8Array, salt?: Uint8Array): void {
  let at = 0;
  for (let i = 0; i < cipher.p.length; i += 1) {
    cipher.p[i] = (cipher.p[i] ?? 0) ^ wordAt(key, at);
    at += 4;
  }
  const block = new Uint32Array(2);
  let place = 0;
  for (const table of [cipher.p, cipher.s]) {
    for (let i = 0; i < table.length; i += 2) {
      if (salt) {
        block[0] = (block[0] ?? 0) ^ wordAt(salt, place);
        block[1] = (block[1] ?? 0) ^ wordAt(salt, place + 4);
        place += 8;
      }
      encipher(cipher, block, 0);
      table[i] = block[0] ?? 0;
      table[i + 1] = block[1] ?? 0;
    }
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  let word = 0;
  for (let i = 0; i < 4; i += 1) word = (word << 8) | (bytes[(at + i) % bytes.length] ?? 0);
  return word >>> 0;
}

function encipher({ p, s }: Blowfish, block: Uint32Array, at: number): void {
  let left = block[at] ?? 0;
  let right = block[at + 1] ?? 0;
  for (let i = 0; i < rounds; i += 1) {
    left ^= p[i] ?? 0;
    const sum = ((s[left >>> 24] ?? 0) + (s[256 + ((left >>> 16) & 255)] ?? 0)) | 0;
    right ^= ((sum ^ (s[512 + ((left >>> 8) & 255)] ?? 0)) + (s[768 + (left & 255)] ?? 0)) | 0;
    const swap = left;
    left = right;
    right = swap;
  }
  block[at] = right ^ (p[17] ?? 0);
  block[at + 1] = left ^ (p[16] ?? 0);
}

/** Base64 with bcrypt's own alphabet and no padding. */
function encode(bytes: Uint8Array): string {
  let out = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    for (bits += 8; bits >= 6; bits -= 6) out += alphabet[(value >> (bits - 6)) & 63];
  }
  return bits > 0 ? out + alphabet[(value << (6 - bits)) & 63] : out;
}
