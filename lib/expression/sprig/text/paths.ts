/** Slash-separated paths: Go's packages path and, for the names with `os`, path/filepath on Linux. */
import type { GoFunction } from '../../values.ts';
import { alias, define } from '../define.ts';

const functions = [
  define('base', ['string'], 'string', base),
  define('dir', ['string'], 'string', (path) => clean(path.slice(0, path.lastIndexOf('/') + 1))),
  define('clean', ['string'], 'string', clean),
  define('ext', ['string'], 'string', (path) => /\.[^./]*$/.exec(path)?.[0] ?? ''),
  define('isAbs', ['string'], 'bool', (path) => path.startsWith('/')),
];

export const pathFunctions: readonly GoFunction[] = functions.flatMap((original) => [
  original,
  alias(`os${original.name[0]?.toUpperCase() ?? ''}${original.name.slice(1)}`, original),
]);

function base(path: string): string {
  if (path === '') return '.';
  const trimmed = path.replace(/\/+$/, '');
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

function clean(path: string): string {
  const isRooted = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!isRooted) parts.push('..');
  }
  const joined = (isRooted ? '/' : '') + parts.join('/');
  return joined === '' ? '.' : joined;
}
