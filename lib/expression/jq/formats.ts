/** jq's `@csv` and the like. */
import { GoError } from '../go-error.ts';
import { described, fault, isList, type Json, jsonOf } from './value.ts';

const HTML: Readonly<Record<string, string>> = {
  ...{ '<': '&lt;', '>': '&gt;', '&': '&amp;', "'": '&#39;', '"': '&quot;' },
};
const TSV: Readonly<Record<string, string>> = { '\t': '\\t', '\r': '\\r', '\n': '\\n', '\\': '\\\\' };

export const FORMATS: readonly string[] = [
  ...['@text', '@json', '@html', '@uri', '@urid', '@csv', '@tsv', '@sh', '@base64', '@base64d'],
];

export function formatted(name: string, value: Json): string {
  const text = typeof value === 'string' ? value : jsonOf(value);
  switch (name) {
    case '@text':
      return text;
    case '@json':
      return jsonOf(value);
    case '@html':
      return text.replace(/[<>&'"]/g, (char) => HTML[char]!);
    case '@uri':
      return encodeURIComponent(text).replace(
        /[!'()*]/g,
        (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
      );
    case '@urid':
      return decoded(text, value);
    case '@base64':
      return Buffer.from(text).toString('base64');
    case '@base64d':
      return fromBase64(text, value);
    case '@csv':
      return row(name, value, ',', (one) => `"${one.replaceAll('"', '""')}"`);
    case '@tsv':
      return row(name, value, '\t', (one) => one.replace(/[\t\r\n\\]/g, (char) => TSV[char]!));
    case '@sh':
      return (isList(value) ? value : [value]).map(shellWord).join(' ');
    default:
      throw new GoError(`format not defined: ${name}`);
  }
}

function decoded(text: string, value: Json): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw fault(`@urid cannot be applied to ${described(value)}: invalid URL escape`);
  }
}

function fromBase64(text: string, value: Json): string {
  const bare = text.replace(/=+$/, '');
  if (/[^A-Za-z0-9+/]/.test(bare) || bare.length % 4 === 1)
    throw fault(`@base64d cannot be applied to ${described(value)}: illegal base64 data`);
  return Buffer.from(bare, 'base64').toString('utf8');
}

function row(name: string, value: Json, separator: string, quoted: (text: string) => string): string {
  if (!isList(value)) throw fault(`${name} cannot be applied to: ${described(value)}`);
  return value
    .map((one) => {
      if (typeof one === 'string') return quoted(one);
      if (one === null) return '';
      if (typeof one === 'object') throw fault(`${name} cannot be applied to: ${described(value)}`);
      return jsonOf(one);
    })
    .join(separator);
}

function shellWord(one: Json): string {
  if (typeof one === 'string') return `'${one.replaceAll("'", "'\\''")}'`;
  if (typeof one === 'object' && one !== null) throw fault(`@sh cannot be applied to: ${described(one)}`);
  return jsonOf(one);
}
