/** Lambda: runs bundled handlers as they are deployed, each in environments (worker threads) that take one event at a time. */
import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { JsonValue } from '../../../lib/protocol/json.ts';
import { awsError, type BoxAnswer, jsonAnswer, jsonFault, type Service } from './http.ts';
import { ACCOUNT, REGION } from './machines.ts';

export interface LambdaFunction {
  readonly name: string;
  /** The bundle, an ES module that exports `handler`. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
}

export interface Invocation {
  readonly payload: JsonValue;
  /** Set when the handler threw, or did not answer in time; the payload is then the error. */
  readonly functionError?: string;
}

export interface Lambdas {
  /** In place of a function of that name; what it is doing it does to the end. */
  readonly add: (fn: LambdaFunction) => void;
  readonly invoke: (name: string, event: JsonValue) => Promise<Invocation>;
  readonly close: () => Promise<void>;
}

/** Told what functions print. */
export type FunctionLog = (name: string, line: string) => void;

const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
const loaded = import(workerData.file);
parentPort.on('message', async ({ id, event, context, deadline }) => {
  try {
    const { handler } = await loaded;
    const own = { ...context, getRemainingTimeInMillis: () => deadline - Date.now() };
    const payload = await handler(event, own);
    parentPort.postMessage({ id, payload: JSON.stringify(payload === undefined ? null : payload) });
  } catch (error) {
    const trace = String(error?.stack ?? error).split('\\n');
    const thrown = { errorType: error?.name ?? 'Error', errorMessage: error?.message ?? String(error), trace };
    parentPort.postMessage({ id, payload: JSON.stringify(thrown), functionError: 'Unhandled' });
  }
});
`;

interface Place {
  readonly worker: Worker;
  isBusy: boolean;
}

interface Deployed {
  readonly fn: LambdaFunction;
  readonly places: Place[];
}

export function createLambdas(log: FunctionLog): Lambdas {
  const functions = new Map<string, Deployed>();
  const workers = new Set<Worker>();
  const invoke = async (name: string, event: JsonValue): Promise<Invocation> => {
    const short = name.split(':').at(-1) === '$LATEST' ? name.split(':').at(-2)! : name.split(':').at(-1)!;
    const deployed = functions.get(short);
    if (deployed === undefined)
      throw awsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
    const place = freePlace(deployed, workers, log);
    place.isBusy = true;
    try {
      return await ask(place, deployed, event);
    } finally {
      place.isBusy = false;
    }
  };
  return {
    add: (fn) => void functions.set(fn.name, { fn, places: [] }),
    invoke,
    close: async () => {
      await Promise.all([...workers].map((worker) => worker.terminate()));
    },
  };
}

function freePlace({ fn, places }: Deployed, workers: Set<Worker>, log: FunctionLog): Place {
  const free = places.find((one) => !one.isBusy);
  if (free !== undefined) return free;
  const options = {
    eval: true,
    env: { ...fn.environment },
    workerData: { file: fn.file },
    stdout: true,
    stderr: true,
  };
  const worker = new Worker(PROGRAM, options);
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      for (const line of chunk.split('\n')) if (line !== '') log(fn.name, line);
    });
  }
  worker.on('error', (error) => log(fn.name, `the environment died: ${error.stack ?? error.message}`));
  worker.unref();
  workers.add(worker);
  worker.once('exit', () => workers.delete(worker));
  const place: Place = { worker, isBusy: false };
  places.push(place);
  return place;
}

interface Reply {
  readonly id: string;
  readonly payload: string;
  readonly functionError?: string;
}

function ask(place: Place, { fn, places }: Deployed, event: JsonValue): Promise<Invocation> {
  const id = randomUUID();
  const { worker } = place;
  const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${fn.name}`;
  const context = {
    functionName: fn.name,
    awsRequestId: id,
    invokedFunctionArn: arn,
    functionVersion: '$LATEST',
  };
  return new Promise((resolve) => {
    const settle = (invocation: Invocation) => {
      clearTimeout(timer);
      worker.off('message', heard);
      worker.off('exit', died);
      resolve(invocation);
    };
    const lost = (errorType: string, errorMessage: string) => {
      places.splice(places.indexOf(place), 1);
      settle({ payload: { errorType, errorMessage }, functionError: 'Unhandled' });
    };
    const heard = ({ id: answered, payload, functionError }: Reply) => {
      if (answered !== id) return;
      const value = JSON.parse(payload) as JsonValue;
      settle(functionError === undefined ? { payload: value } : { payload: value, functionError });
    };
    const died = () => lost('Runtime.ExitError', 'Runtime exited');
    const timer = setTimeout(() => {
      lost('Sandbox.Timedout', `Task timed out after ${fn.timeoutSeconds}.00 seconds`);
      void worker.terminate();
    }, fn.timeoutSeconds * 1000);
    worker.on('message', heard);
    worker.once('exit', died);
    worker.postMessage({ id, event, context, deadline: Date.now() + fn.timeoutSeconds * 1000 });
  });
}

/** `POST /2015-03-31/functions/NAME/invocations`. */
export function lambdaService(lambdas: Lambdas): Service {
  return async ({ path, body, headers }): Promise<BoxAnswer> => {
    const name = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(path)?.[1];
    try {
      if (name === undefined) throw awsError('UnknownOperationException', `the box knows no ${path}`);
      const event = (body.length === 0 ? {} : JSON.parse(body.toString('utf8'))) as JsonValue;
      const answer = lambdas.invoke(decodeURIComponent(name), event);
      if (headers['x-amz-invocation-type'] === 'Event') return { status: 202 };
      const { payload, functionError } = await answer;
      const fault: Record<string, string> =
        functionError === undefined ? {} : { 'x-amz-function-error': functionError };
      return { ...jsonAnswer(200, payload), headers: { 'content-type': 'application/json', ...fault } };
    } catch (thrown) {
      return jsonFault(thrown);
    }
  };
}
