/** Goes from state to state of one block. */

import type { JsonValue } from '../asl/json.ts';
import { runMap } from './map-state.ts';
import { runParallel } from './parallel-state.ts';
import type { PreparedBlock, PreparedState } from './prepared.ts';
import { reportEvaluation } from './recovery.ts';
import { choose, failState, passOn, waitOut } from './simple-states.ts';
import { ERRORS, StateFailure } from './state-failure.ts';
import { runTask } from './task-state.ts';
import { enterState, type Frame, type Leaving, type Visit } from './visit.ts';

/** The output of the state that ends the block. */
export async function runBlock(block: PreparedBlock, input: JsonValue, frame: Frame): Promise<JsonValue> {
  let name = block.startAt;
  let value = input;
  for (;;) {
    frame.cancel.throwIfCancelled();
    const state = block.states.get(name);
    if (state === undefined) throw new StateFailure(ERRORS.runtime, `The state '${name}' does not exist`);
    const visit = enterState(frame, state, value);
    let leaving: Leaving;
    try {
      const going = runState(visit);
      leaving = going instanceof Promise ? await going : going;
    } catch (thrown) {
      if (thrown instanceof StateFailure) reportEvaluation(visit, thrown);
      throw thrown;
    }
    if (leaving.next === undefined) return leaving.output;
    name = leaving.next;
    value = leaving.output;
  }
}

/** States that neither call nor wait are left at once. */
function runState(visit: Visit): Leaving | Promise<Leaving> {
  const { state } = visit;
  switch (state.type) {
    case 'Pass':
    case 'Succeed':
      return passOn(visit);
    case 'Choice':
      return choose(as(visit, state));
    case 'Wait':
      return waitOut(as(visit, state));
    case 'Fail':
      return failState(as(visit, state));
    case 'Task':
      return runTask(as(visit, state));
    case 'Parallel':
      return runParallel(as(visit, state));
    case 'Map':
      return runMap(as(visit, state));
  }
}

/** Carries over to the visit what the switch has told of its state. */
function as<S extends PreparedState>(visit: Visit, _state: S): Visit<S> {
  return visit as Visit<S>;
}
