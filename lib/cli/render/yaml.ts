/** Prints JSON as YAML that every reader takes: block style, texts quoted wherever a doubt is possible. */
import type { JsonValue } from '../../protocol/json.ts';

export function printYaml(value: JsonValue): string {
  return `${lines(value, 0).join('\n').replace(/^\n/, '')}\n`;
}

function isEmpty(value: JsonValue): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

function lines(value: JsonValue, indent: number): readonly string[] {
  const pad = ' '.repeat(indent);
  if (isEmpty(value)) return [`${pad}${scalar(value, indent)}`];
  if (Array.isArray(value)) {
    return (value as readonly JsonValue[]).flatMap((item) => {
      const [first = '', ...rest] = lines(item, indent + 2);
      return [`${pad}- ${first.slice(indent + 2)}`, ...rest];
    });
  }
  return Object.entries(value as Readonly<Record<string, JsonValue>>).flatMap(([key, item]) => {
    const name = `${pad}${text(key)}:`;
    if (isEmpty(item)) return [`${name} ${scalar(item, indent)}`];
    return [name, ...lines(item, Array.isArray(item) ? indent : indent + 2)];
  });
}

function scalar(value: JsonValue, indent: number): string {
  if (typeof value === 'string') return value.includes('\n') ? block(value, indent) : text(value);
  if (Array.isArray(value)) return '[]';
  return typeof value === 'object' && value !== null ? '{}' : String(value);
}

/** Only what can be mistaken for nothing else stands bare. */
function text(value: string): string {
  const bare = /^[A-Za-z_/][\w./@-]*( [\w./@()-]+)*$/;
  const reserved = /^(true|false|null|yes|no|on|off|y|n)$/i;
  return bare.test(value) && !reserved.test(value) && value.length < 400 ? value : JSON.stringify(value);
}

/** A literal block, unless its first line begins or one of its lines ends with blanks, or holds odd characters. */
function block(value: string, indent: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\t]| $| \n|^[ \n]|\n\n$/.test(value))
    return JSON.stringify(value);
  const pad = ' '.repeat(indent + 2);
  const body = value.endsWith('\n') ? value.slice(0, -1) : value;
  const mark = value.endsWith('\n') ? '|' : '|-';
  return `${mark}\n${body
    .split('\n')
    .map((line) => (line === '' ? '' : pad + line))
    .join('\n')}`;
}
