/** Makes plan names into state names: at most 80 characters, unique, the end of a long path kept since it says more. */
import { QUOTAS } from '../../asl/quotas.ts';
import { shortHash } from '../3-lower/names.ts';

export type Namer = (name: string) => string;

export function namer(): Namer {
  const given = new Map<string, string>();
  return (name) => {
    const known = given.get(name);
    if (known !== undefined) return known;
    const state = cut(clean(name), name);
    given.set(name, state);
    return state;
  };
}

/** AWS refuses control characters and some punctuation in names (Developer Guide, "CreateStateMachine", name rules). */
function clean(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '_');
}

function cut(name: string, exact: string): string {
  if (name.length <= QUOTAS.stateNameLength && name === exact) return name;
  const hash = shortHash(exact);
  const room = QUOTAS.stateNameLength - hash.length - 2;
  return `…${name.slice(-room)} ${hash}`.replace('…', '~').slice(-QUOTAS.stateNameLength);
}
