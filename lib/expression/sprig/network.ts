/** Look-ups in the network. */
import { isIP } from 'node:net';
import { GoError } from '../go-error.ts';
import type { GoFunction } from '../values.ts';
import { define } from './define.ts';

export const networkFunctions: readonly GoFunction[] = [
  define('getHostByName', ['string'], 'string', (name) => {
    if (isIP(name) !== 0) return name;
    if (name === 'localhost') return '127.0.0.1';
    // Evaluation does not wait, so names are not resolved; Go panics for a name that it cannot resolve.
    throw new GoError('getHostByName resolves no names here');
  }),
];
