/** expr-lang's functions on the bits of integers. */

import { goTypeOf } from '../../go/format.ts';
import { wrapInt64 } from '../../go/parse-number.ts';
import { GoError } from '../../go-error.ts';
import type { GoValue } from '../../values.ts';
import type { Builtin } from './builtins.ts';
import { integerOf } from './operators.ts';

function integerAt(args: readonly GoValue[], at: number, name: string): bigint {
  const value = args[at] ?? null;
  const integer = integerOf(value);
  if (integer === undefined)
    throw new GoError(`cannot use ${goTypeOf(value)} as argument (type int) to call ${name}`);
  return integer;
}

function binary(name: string, run: (x: bigint, y: bigint) => bigint): readonly [string, Builtin] {
  return [
    name,
    (args) => {
      if (args.length !== 2) throw new GoError(`invalid number of arguments for ${name}`);
      return wrapInt64(run(integerAt(args, 0, name), integerAt(args, 1, name)));
    },
  ];
}

/** A shift by 64 or more leaves nothing but the sign. */
function shift(run: (x: bigint, by: bigint) => bigint): (x: bigint, y: bigint) => bigint {
  return (x, y) => {
    if (y < 0n) throw new GoError(`invalid operation: negative shift count ${y} (type int)`);
    return run(x, y > 64n ? 64n : y);
  };
}

export const bitFunctions: readonly (readonly [string, Builtin])[] = [
  binary('bitand', (x, y) => x & y),
  binary('bitor', (x, y) => x | y),
  binary('bitxor', (x, y) => x ^ y),
  binary('bitnand', (x, y) => x & ~y),
  binary(
    'bitshl',
    shift((x, by) => x << by),
  ),
  binary(
    'bitshr',
    shift((x, by) => x >> by),
  ),
  binary(
    'bitushr',
    shift((x, by) => BigInt.asUintN(64, x) >> by),
  ),
  ['bitnot', (args) => ~integerAt(args, 0, 'bitnot')],
];
