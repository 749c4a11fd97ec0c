/** Where states lead: to the next states, and into blocks of their own. */

import type { State, StatesBlock } from './state-machine.ts';

/** In the order in which they are thought of: rules before the default, failures last. */
export function successorsOf(state: State): readonly string[] {
  const caught = 'Catch' in state ? (state.Catch ?? []).map((catcher) => catcher.Next) : [];
  if (state.Type === 'Choice') {
    const rules = state.Choices.map((rule) => rule.Next);
    return state.Default === undefined ? rules : [...rules, state.Default];
  }
  const next = 'Next' in state && state.Next !== undefined ? [state.Next] : [];
  return [...next, ...caught];
}

export function branchesOf(state: State): readonly StatesBlock[] {
  if (state.Type === 'Parallel') return state.Branches;
  return state.Type === 'Map' ? [state.ItemProcessor] : [];
}
