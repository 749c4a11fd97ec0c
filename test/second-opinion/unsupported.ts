/** Machines that cannot be compared, and why. Whatever else the other interpreter refuses counts as a difference. */
import { allStates } from '../../lib/asl/print.ts';
import type { StateMachine } from '../../lib/asl/state-machine.ts';

export function reasonNotToCompare(machine: StateMachine): string | undefined {
  for (const [, state] of allStates(machine)) {
    if (state.Type === 'Map' && state.ItemProcessor.ProcessorConfig?.Mode === 'DISTRIBUTED')
      return 'a Distributed Map: its children are executions here, and parts of the same one there';
  }
  return undefined;
}
