/** The machines of a run whose states do not fit one: which of them holds what an execution may be aimed at. */
import { jsonataString } from '../../asl/jsonata-text.ts';
import type { Lowering } from './body.ts';
import { expression, textOf, type Value } from './value.ts';

/** Ends the name of the machine; the first has none. All are as long, so that the first one's name can be told. */
export function machineSuffix(number: number): string {
  return number === 0 ? '' : `-p${String(number).padStart(3, '0')}`;
}

export interface Machines {
  /** Suffix of the machine that is being lowered. */
  readonly here: string;
  /** Suffixes by target; what is not among them lies in the first machine. */
  readonly holding: ReadonlyMap<string, string>;
}

const OWN = '$states.context.StateMachine.Id';

/** The ARN of the machine that an execution must be of to be aimed at the target. */
export function machineArn({ machines }: Lowering, target: Value): Value {
  const { here, holding } = machines;
  const first = here === '' ? OWN : `$substring(${OWN}, 0, $length(${OWN}) - ${here.length})`;
  if (typeof target !== 'string') {
    const suffixes = textOf(Object.fromEntries(holding));
    return expression(holding.size === 0 ? OWN : `${first} & $lookup(${suffixes}, ${textOf(target)})`);
  }
  const suffix = holding.get(target) ?? '';
  if (suffix === here) return expression(OWN);
  return expression(suffix === '' ? first : `${first} & ${jsonataString(suffix)}`);
}
