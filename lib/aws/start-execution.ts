/** Starts an execution, once, whatever happens on the way. */
import type { AwsWorld } from './aws-world.ts';
import { isNamed } from './clients.ts';

/** CreateStateMachine is eventually consistent. */
const MOST_TRIES = 20;
const PAUSE_MS = 500;

/** An execution of this name was started for this very purpose, so its existence is what is wanted. */
export async function started(
  world: AwsWorld,
  machineArn: string,
  name: string,
  input: string,
): Promise<string> {
  const { states, sleep } = world.clients;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await states.startExecution(machineArn, name, input)).executionArn;
    } catch (error) {
      if (isNamed(error, 'ExecutionAlreadyExists'))
        return `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
      const isPassing = isNamed(
        error,
        'StateMachineDoesNotExist',
        'ThrottlingException',
        'TooManyRequestsException',
      );
      if (!isPassing || attempt >= MOST_TRIES) throw error;
      await sleep(PAUSE_MS * (0.5 + Math.random()));
    }
  }
}
