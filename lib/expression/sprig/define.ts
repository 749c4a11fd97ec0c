/** Declares sprig functions with their Go types, and calls them as strictly as expr-lang's reflection. */
import { goTypeOf } from '../go/format.ts';
import { GoError } from '../go-error.ts';
import type { GoFunction, GoInt, GoList, GoMap, GoTime, GoValue } from '../values.ts';

/** Go's parameter types, and how their values are held. */
export interface ParameterTypes {
  readonly string: string;
  readonly int: bigint;
  readonly uint32: GoInt;
  readonly float64: number;
  readonly bool: boolean;
  readonly any: GoValue;
  readonly time: GoTime;
  readonly map: GoMap;
  readonly list: GoList;
  readonly certificate: GoMap;
}

type Parameter = keyof ParameterTypes;
type Arguments<P extends readonly Parameter[]> = { [I in keyof P]: ParameterTypes[P[I]] };

const goNames: Readonly<Record<Parameter, string>> = {
  string: 'string',
  int: 'int',
  uint32: 'uint32',
  float64: 'float64',
  bool: 'bool',
  any: 'interface {}',
  time: 'time.Time',
  map: 'map[string]interface {}',
  list: '[]interface {}',
  certificate: 'sprig.certificate',
};

/** `time.Time{}`, the first instant of the year 1. */
export const zeroTime: GoTime = { kind: 'time', nanos: -62_135_596_800n * 1_000_000_000n, zone: 'UTC' };

/** What `nil` becomes as an argument. */
const zeroValues: Readonly<Record<Parameter, GoValue>> = {
  string: '',
  int: 0n,
  uint32: { kind: 'int', type: 'uint32', value: 0n },
  float64: 0,
  bool: false,
  any: null,
  time: zeroTime,
  map: { kind: 'map', type: 'map[string]interface {}', entries: null },
  list: { kind: 'list', type: '[]interface {}', items: null },
  certificate: {
    kind: 'map',
    type: 'sprig.certificate',
    entries: new Map([
      ['Cert', ''],
      ['Key', ''],
    ]),
  },
};

/** A function with a fixed number of parameters. */
export function define<const P extends readonly Parameter[]>(
  name: string,
  parameters: P,
  result: string,
  call: (...args: Arguments<P>) => GoValue,
): GoFunction {
  return {
    kind: 'func',
    name,
    signature: `func(${parameters.map((type) => goNames[type]).join(', ')}) ${result}`,
    call: (args) => {
      if (args.length !== parameters.length) {
        throw new GoError(`invalid number of arguments: expected ${parameters.length}, got ${args.length}`);
      }
      const converted: readonly unknown[] = args.map((arg, at) => convert(arg, parameters[at] ?? 'any'));
      return call(...(converted as Arguments<P>));
    },
  };
}

/** A function that takes any number of `rest` after its fixed parameters. */
export function defineVariadic<const P extends readonly Parameter[], R extends Parameter>(
  name: string,
  parameters: P,
  rest: R,
  result: string,
  call: (rest: readonly ParameterTypes[R][], ...args: Arguments<P>) => GoValue,
): GoFunction {
  const fixed = parameters.length;
  const names = parameters.map((type) => goNames[type]);
  return {
    kind: 'func',
    name,
    signature: `func(${[...names, `...${goNames[rest]}`].join(', ')}) ${result}`,
    call: (args) => {
      if (args.length < fixed) {
        throw new GoError(`invalid number of arguments: expected at least ${fixed}, got ${args.length}`);
      }
      const converted: readonly unknown[] = args.map((arg, at) => convert(arg, parameters[at] ?? rest));
      return call(
        converted.slice(fixed) as ParameterTypes[R][],
        ...(converted.slice(0, fixed) as readonly unknown[] as Arguments<P>),
      );
    },
  };
}

/** The same function under another name. */
export function alias(name: string, original: GoFunction): GoFunction {
  return { ...original, name };
}

/** The twin of a function under `must`, which returns the error beside its result instead of panicking. */
export function mustTwin(original: GoFunction): GoFunction {
  const name = `must${original.name[0]?.toUpperCase() ?? ''}${original.name.slice(1)}`;
  return {
    ...original,
    name,
    signature: original.signature?.replace(/^(.*\)) (.+)$/, '$1 ($2, error)') ?? '',
  };
}

function convert(arg: GoValue, parameter: Parameter): GoValue {
  if (arg === null) return zeroValues[parameter];
  if (parameter === 'any' || goTypeOf(arg) === goNames[parameter]) return arg;
  throw new GoError(`reflect: Call using ${goTypeOf(arg)} as type ${goNames[parameter]}`);
}
