/** ResultWriter: the results of a Map Run as objects of S3, or in another form. */

import type { JsonObject, JsonValue } from '../asl/json.ts';
import type { ExecutionResult } from './interface.ts';
import type { PreparedMap, PreparedWriter } from './prepared.ts';
import { ERRORS, StateFailure } from './state-failure.ts';
import { evaluateTemplate } from './template.ts';
import { machineArn, scopeOf, type Visit } from './visit.ts';

/** What is kept of a child once it has ended. */
export interface ChildRecord {
  readonly input: JsonValue;
  readonly name: string;
  readonly startedAt: number;
  readonly stoppedAt: number;
  readonly result: Pick<ExecutionResult, 'status' | 'output' | 'error' | 'cause' | 'executionArn'>;
}

/** The result of the Map state. */
export async function writeResults(
  visit: Visit<PreparedMap>,
  writer: PreparedWriter | undefined,
  children: readonly ChildRecord[],
  mapRunArn: string,
): Promise<JsonValue> {
  if (writer === undefined) return children.map(resultOf);
  if (writer.arguments === undefined) return arrange(visit, writer, children);
  const target = (await evaluateTemplate(writer.arguments, scopeOf(visit), visit)) as JsonObject;
  const bucket = target['Bucket'];
  if (typeof bucket !== 'string')
    throw writerFailed("The argument 'Bucket' of the ResultWriter must be a string");
  const write = visit.frame.run.options.objects?.write;
  if (write === undefined) throw writerFailed('This execution cannot write objects of S3');
  const folder = [target['Prefix'], mapRunArn.split(':').at(-1)].filter(Boolean).join('/');

  const file = async (kind: string, records: readonly ChildRecord[]): Promise<readonly JsonValue[]> => {
    if (records.length === 0) return [];
    const text = format(writer, arrange(visit, writer, records));
    const Key = `${folder}/${kind}_0.${writer.config.OutputType === 'JSONL' ? 'jsonl' : 'json'}`;
    await write(bucket, Key, text);
    return [{ Key, Size: Buffer.byteLength(text) }];
  };
  const succeeded = (child: ChildRecord) => child.result.status === 'SUCCEEDED';
  const manifest = {
    DestinationBucket: bucket,
    MapRunArn: mapRunArn,
    ResultFiles: {
      FAILED: await file(
        'FAILED',
        children.filter((child) => !succeeded(child)),
      ),
      PENDING: [],
      SUCCEEDED: await file('SUCCEEDED', children.filter(succeeded)),
    },
  };
  const Key = `${folder}/manifest.json`;
  await write(bucket, Key, JSON.stringify(manifest));
  return { MapRunArn: mapRunArn, ResultWriterDetails: { Bucket: bucket, Key } };
}

function writerFailed(text: string): StateFailure {
  return new StateFailure(ERRORS.resultWriter, text);
}

function resultOf(child: ChildRecord): JsonValue {
  const { status, output, error, cause } = child.result;
  return status === 'SUCCEEDED' ? (output ?? null) : { Error: error ?? '', Cause: cause ?? '' };
}

/** Exports tell of the executions; COMPACT and FLATTEN only of their outputs. */
function arrange(
  visit: Visit<PreparedMap>,
  writer: PreparedWriter,
  children: readonly ChildRecord[],
): readonly JsonValue[] {
  const kind = writer.config.Transformation ?? (writer.arguments === undefined ? 'COMPACT' : 'NONE');
  if (kind === 'NONE') return children.map((child) => describeChild(visit, child));
  const results = children.map(resultOf);
  return kind === 'FLATTEN'
    ? results.flatMap((item) => (Array.isArray(item) ? (item as JsonValue[]) : [item]))
    : results;
}

function describeChild(visit: Visit<PreparedMap>, child: ChildRecord): JsonValue {
  const { run } = visit.frame;
  const { status, output, error, cause, executionArn } = child.result;
  return {
    ExecutionArn: executionArn,
    Input: run.payloads.text(child.input),
    InputDetails: { Included: true },
    Name: child.name,
    ...(output === undefined ? {} : { Output: run.payloads.text(output), OutputDetails: { Included: true } }),
    ...(error === undefined ? {} : { Error: error }),
    ...(cause === undefined ? {} : { Cause: cause }),
    StartDate: new Date(child.startedAt).toISOString(),
    StateMachineArn: `${machineArn(run.machineName)}/${visit.state.distributed?.label}`,
    Status: status,
    StopDate: new Date(child.stoppedAt).toISOString(),
  };
}

function format(writer: PreparedWriter, values: readonly JsonValue[]): string {
  if (writer.config.OutputType !== 'JSONL') return JSON.stringify(values);
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
