/**
 * Makes a Lambda function of a handler: finds the run that asks, and throws what Step Functions can catch.
 */
import { type Handler, isToldError, type ToldError } from '../handlers/world.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import { type AwsWorld, awsWorld, handlerWorld } from './aws-world.ts';
import { asBag, asText } from './bag.ts';
import { readEnvironment } from './environment.ts';
import { runOfKey } from './s3-blob-store.ts';
import { sdkClients } from './sdk-clients.ts';

export type LambdaFunction = (payload: JsonObject) => Promise<JsonValue>;

export function serveHandler(handler: Handler, world: AwsWorld = processWorld()): LambdaFunction {
  return async (payload) => {
    const uid = runOf(payload);
    try {
      return addressed(await handler(payload, handlerWorld(world, uid)), uid);
    } catch (thrown) {
      throw isToldError(thrown) ? lambdaError(thrown) : thrown;
    }
  };
}

/** The world of this process, by its environment. */
export function processWorld(): AwsWorld {
  const environment = readEnvironment(process.env);
  const endpoint = process.env['AWS_ENDPOINT_URL'];
  const { region, table } = environment;
  return awsWorld(environment, sdkClients({ region, table, ...(endpoint && { endpoint }) }));
}

/** States name the run as an object, a gate by its uid, a suspended node by what its stage answered. */
export function runOf(payload: JsonObject): string {
  const task = asBag(payload['task']);
  const found =
    asText(asBag(payload['run'])['uid']) ??
    asText(asBag(asBag(payload['scope'])['run'])['uid']) ??
    asText(task['uid']) ??
    runOfKey(asText(task['key']) ?? '') ??
    asText(payload['run']);
  if (found === undefined) throw new Error('the request names no run');
  return found;
}

/** A suspended node learns from what `stage` answers in which run it is. */
function addressed(answer: JsonValue, uid: string): JsonValue {
  return asBag(answer)['kind'] === 'wait' ? { ...(answer as JsonObject), uid } : answer;
}

/** Of 32,768 characters of a cause; quotes of the outcome are escaped in it. */
const LONGEST_ESCAPED = 28_000;
const SHORTENED_MESSAGE = 4_000;

/** Lambda makes `Error` of the name, and `{"errorType", "errorMessage", "trace"}` of the rest. */
export function lambdaError(thrown: ToldError): Error {
  const error = new Error(fitting(thrown.told));
  error.name = thrown.error;
  // A trace of ours says nothing to the user, and takes room from the outcome.
  error.stack = '';
  return error;
}

function fitting(told: ToldError['told']): string {
  const text = JSON.stringify(told);
  if (JSON.stringify(text).length <= LONGEST_ESCAPED) return text;
  if ('error' in told) return JSON.stringify({ error: shortened(told.error) });
  const { node, phase, startedAt, finishedAt, message = '' } = told;
  const short = message.slice(0, SHORTENED_MESSAGE);
  const times = { ...(startedAt && { startedAt }), ...(finishedAt && { finishedAt }) };
  return JSON.stringify({ node: node.slice(0, SHORTENED_MESSAGE), phase, message: short, ...times });
}

function shortened(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, text.slice(0, SHORTENED_MESSAGE)]),
  );
}
