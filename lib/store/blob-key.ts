/** Keys of blobs as paths of files, so that no key can leave its folder and every key can be read back. */

const LONGEST_KEY = 1024;
const LONGEST_NAME = 255;

/** Holds the blob whose key is also the beginning of others, as a file cannot be a folder. */
export const SELF = '%self';
/** Files being written begin with this. */
export const UNFINISHED = '%new-';

export class BlobKeyError extends Error {}

/** The key's parts as names of files: never empty, `.`, `..`, nor anything that a file system treats specially. */
export function keyToNames(key: string): readonly string[] {
  if (key === '' || Buffer.byteLength(key) > LONGEST_KEY) {
    throw new BlobKeyError(`a key has 1 to ${LONGEST_KEY} bytes, this one has ${Buffer.byteLength(key)}`);
  }
  return key.split('/').map(encodeName);
}

/** The reverse of `keyToNames`, for names below the store's folder. */
export function namesToKey(names: readonly string[]): string {
  const kept = names.at(-1) === SELF ? names.slice(0, -1) : names;
  return kept.map(decodeName).join('/');
}

function encodeName(part: string): string {
  if (part === '') return '%';
  if (part === '.' || part === '..') return part.replaceAll('.', '%2E');
  const name = [...part].map((character) => (isSpecial(character) ? escaped(character) : character)).join('');
  if (Buffer.byteLength(name) > LONGEST_NAME) throw new BlobKeyError(`part of a key is too long: ${part}`);
  return name;
}

function isSpecial(character: string): boolean {
  const code = character.charCodeAt(0);
  return code < 0x20 || code === 0x7f || '%\\:*?"<>|'.includes(character);
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function decodeName(name: string): string {
  if (name === '%') return '';
  return name.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
