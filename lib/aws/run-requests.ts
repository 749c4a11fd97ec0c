/** Requests about runs that have ended, as files of their own beside the uploads: what Argo's server is asked over HTTP. */
import { failure, type Result, success } from '../evaluate/leaf/result.ts';
import { parseConditions } from '../status/node-selector.ts';
import type { AwsWorld } from './aws-world.ts';
import { asBag, asList, asText, type Bag, parsedJson } from './bag.ts';
import { repeatRun, retryRun } from './retry-run.ts';
import type { RunRecord } from './run-index.ts';
import { type RunNames, runNames } from './run-names.ts';

/** Each is a JSON object: the body of Argo's request of that kind, with the run's uid. */
export const REQUESTS = 'workflows/requests/';

export type RunRequest =
  | {
      readonly kind: 'WorkflowRetryRequest';
      readonly uid: string;
      readonly restartSuccessful?: boolean;
      readonly nodeFieldSelector?: string;
      /** `NAME=VALUE`. */
      readonly parameters?: readonly string[];
    }
  | {
      readonly kind: 'WorkflowResubmitRequest';
      readonly uid: string;
      readonly memoized: true;
      readonly parameters?: readonly string[];
    };

export function isRequest(key: string): boolean {
  return key.startsWith(REQUESTS);
}

/** The run that goes on; what cannot be done is said beside the request. The same version asks for the same thing. */
export async function answerRequest(
  world: AwsWorld,
  key: string,
  versionId: string | undefined,
): Promise<RunRecord | undefined> {
  const { bucket } = world.environment;
  const object = await world.clients.objects.get(bucket, key, versionId);
  if (object === undefined) return undefined;
  const names = runNames(bucket, key, object.versionId ?? object.etag ?? '');
  const answer = await answered(world, asBag(parsedJson(new TextDecoder().decode(object.body))), names);
  if (answer.ok) return answer.value;
  world.clients.log({ level: 'error', file: key, message: answer.error });
  await world.clients.objects.put(bucket, `${key}.errors.txt`, `${answer.error}\n`);
  return undefined;
}

async function answered(world: AwsWorld, request: Bag, names: RunNames): Promise<Result<RunRecord>> {
  const uid = asText(request['uid']);
  if (uid === undefined) return failure('the request names no uid of a run');
  const parameters = parametersOf(asList(request['parameters']));
  if (!parameters.ok) return parameters;
  switch (request['kind']) {
    case 'WorkflowRetryRequest': {
      const selector = asText(request['nodeFieldSelector']);
      if (selector !== undefined && parseConditions(selector) === undefined)
        return failure(`unable to parse node field selector '${selector}'`);
      const wish = {
        uid,
        restartSuccessful: request['restartSuccessful'] === true,
        parameters: parameters.value,
        ...(selector !== undefined && { nodeFieldSelector: selector }),
      };
      return await retryRun(world, wish, names);
    }
    case 'WorkflowResubmitRequest':
      if (request['memoized'] !== true)
        return failure('without `memoized` a run is repeated by uploading its file');
      return await repeatRun(world, { uid, parameters: parameters.value }, names);
    default:
      return failure(`there is no request of kind ${String(request['kind'])}`);
  }
}

function parametersOf(pairs: readonly unknown[]): Result<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const pair of pairs) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(String(pair)) ?? [];
    if (name === undefined || value === undefined)
      return failure(`expected parameter of the form: NAME=VALUE. Received: ${String(pair)}`);
    found[name] = value;
  }
  return success(found);
}
