/** Starts an execution, once, whatever happens on the way. */
import { askAgain } from './ask-again.ts';
import type { AwsWorld } from './aws-world.ts';

/** CreateStateMachine is eventually consistent. */
const TRIES = { mostTries: 20, pauseMs: 500 };

/** An execution of this name was started for this very purpose, so its existence is what is wanted. */
export async function started(
  { clients }: AwsWorld,
  machineArn: string,
  name: string,
  input: string,
): Promise<string> {
  const arn = `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  return await askAgain(
    clients,
    async () => (await clients.states.startExecution(machineArn, name, input)).executionArn,
    { ...TRIES, done: ['ExecutionAlreadyExists', arn], passing: 'StateMachineDoesNotExist' },
  );
}
