/** Checks of whole states: the fields of each type, and what must hold between them. */

import { isDeepStrictEqual } from 'node:util';
import type { ExpressionRules } from './check-expressions.ts';
import {
  anything,
  assignment,
  catches,
  checkFields,
  checkRequired,
  choices,
  type Fields,
  type FieldTable,
  isFields,
  items,
  list,
  number,
  numberOrExpression,
  object,
  oneOf,
  retry,
  template,
  text,
  textOrExpression,
  timestamp,
} from './check-fields.ts';
import { at, type CheckPlace, report, warn } from './finding.ts';
import { QUOTAS } from './quotas.ts';
import { parseResource } from './resources.ts';

const INVALID = 'SCHEMA_VALIDATION_FAILED';

const described: FieldTable = { Type: text, Comment: text, QueryLanguage: anything };
const moving: FieldTable = { ...described, Next: text, End: anything };
const plainResult: FieldTable = { Output: template(), Assign: assignment() };
const taskResult: FieldTable = { Output: template('result'), Assign: assignment('result') };
const recovering: FieldTable = { Retry: retry, Catch: catches };
const seconds = numberOrExpression({ least: 1, most: QUOTAS.taskTimeoutSeconds });

const readerConfig = object({
  InputType: oneOf('CSV', 'JSON', 'JSONL', 'PARQUET', 'MANIFEST'),
  CSVHeaderLocation: oneOf('FIRST_ROW', 'GIVEN'),
  CSVHeaders: list(text, 1),
  CSVDelimiter: oneOf('COMMA', 'PIPE', 'SEMICOLON', 'SPACE', 'TAB'),
  MaxItems: numberOrExpression({ least: 0, most: QUOTAS.mapRunItems }),
  ItemsPointer: text,
  Transformation: oneOf('NONE', 'LOAD_AND_FLATTEN'),
  ManifestType: oneOf('ATHENA_DATA', 'S3_INVENTORY'),
});

const writerConfig = object({
  Transformation: oneOf('NONE', 'COMPACT', 'FLATTEN'),
  OutputType: oneOf('JSON', 'JSONL'),
});

const batchBytes = numberOrExpression({ least: 1, most: QUOTAS.payloadBytes });

const TABLES: Readonly<Record<string, FieldTable>> = {
  Pass: { ...moving, ...plainResult },
  Task: {
    ...moving,
    ...taskResult,
    ...recovering,
    Resource: anything,
    Arguments: template(),
    TimeoutSeconds: seconds,
    HeartbeatSeconds: seconds,
    Credentials: object({ RoleArn: textOrExpression }, ['RoleArn']),
  },
  Choice: { ...described, ...plainResult, Choices: choices, Default: text },
  Wait: {
    ...moving,
    ...plainResult,
    Seconds: numberOrExpression({ least: 0, most: QUOTAS.taskTimeoutSeconds }),
    Timestamp: timestamp,
  },
  Succeed: { ...described, Output: template() },
  Fail: { ...described, Error: textOrExpression, Cause: textOrExpression },
  Parallel: { ...moving, ...taskResult, ...recovering, Branches: anything, Arguments: template() },
  Map: {
    ...moving,
    ...taskResult,
    ...recovering,
    Items: items,
    ItemSelector: template(),
    ItemProcessor: anything,
    MaxConcurrency: numberOrExpression({ least: 0 }),
    ItemReader: object({ Resource: text, Arguments: template(), ReaderConfig: readerConfig }, ['Resource']),
    ItemBatcher: object({
      MaxItemsPerBatch: numberOrExpression({ least: 1 }),
      MaxInputBytesPerBatch: batchBytes,
      BatchInput: template(),
    }),
    ResultWriter: object({ Resource: text, Arguments: template(), WriterConfig: writerConfig }),
    ToleratedFailurePercentage: numberOrExpression({ least: 0, most: 100, whole: false }),
    ToleratedFailureCount: numberOrExpression({ least: 0 }),
    Label: text,
  },
};

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  Task: ['Resource'],
  Choice: ['Choices'],
  Parallel: ['Branches'],
  Map: ['ItemProcessor'],
};

/** Whether the state could be told well enough that its successors and blocks are worth checking. */
export function checkState(place: CheckPlace, state: Fields, rules: ExpressionRules): boolean {
  const type = state['Type'];
  const table = typeof type === 'string' && Object.hasOwn(TABLES, type) ? TABLES[type] : undefined;
  if (table === undefined) {
    const known = Object.keys(TABLES).join(', ');
    report(at(place, 'Type'), INVALID, `The Type of the state must be one of [${known}]`);
    return false;
  }
  checkRequired(place, state, REQUIRED[type as string] ?? []);
  checkFields(place, state, table, rules);
  if (Object.hasOwn(table, 'Next')) checkEnding(place, state);
  if (type === 'Task') checkTask(place, state);
  if (type === 'Wait') checkWait(place, state);
  if (type === 'Map') checkMap(place, state);
  return true;
}

function checkEnding(place: CheckPlace, state: Fields): void {
  const ends = Object.hasOwn(state, 'End');
  if (ends && state['End'] !== true) report(at(place, 'End'), INVALID, "Value of 'End' must be true");
  if (ends === Object.hasOwn(state, 'Next'))
    report(place, INVALID, "Exactly one of 'Next' and 'End' is required");
}

function checkWait(place: CheckPlace, state: Fields): void {
  if (Object.hasOwn(state, 'Seconds') === Object.hasOwn(state, 'Timestamp')) {
    report(place, INVALID, "Exactly one of 'Seconds' and 'Timestamp' is required");
  }
}

function checkTask(place: CheckPlace, state: Fields): void {
  const { Resource, TimeoutSeconds, HeartbeatSeconds } = state;
  if (typeof TimeoutSeconds === 'number' && typeof HeartbeatSeconds === 'number') {
    if (HeartbeatSeconds >= TimeoutSeconds) {
      report(at(place, 'HeartbeatSeconds'), INVALID, 'HeartbeatSeconds must be less than TimeoutSeconds');
    }
  }
  if (Resource === undefined) return;
  if (typeof Resource !== 'string') {
    report(at(place, 'Resource'), INVALID, 'Value is not a String');
    return;
  }
  const parsed = parseResource(Resource);
  if (!parsed.ok) {
    report(at(place, 'Resource'), 'INVALID_RESOURCE', parsed.message);
    return;
  }
  const given = state['Arguments'] ?? {};
  if (isFields(given)) {
    const missing = parsed.required.filter((name) => !Object.hasOwn(given, name));
    if (missing.length > 0) {
      report(place, INVALID, `The resource needs the arguments [${missing.join(', ')}]`);
    }
  }
  if (parsed.resource.suffix === '.waitForTaskToken' && !JSON.stringify(given).includes('Task.Token')) {
    const message = 'Nothing in Arguments hands over $states.context.Task.Token';
    if (!/\$states\.context\b(?!\.)|\$[a-z]/i.test(JSON.stringify(given)))
      warn(place, 'SUSPICIOUS_ARGUMENTS', message);
  }
}

/** Fields that only a Distributed Map may have; AWS accepts tolerated failures for both (recorded). */
const DISTRIBUTED_ONLY = ['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label'] as const;

function checkMap(place: CheckPlace, state: Fields): void {
  const processor = state['ItemProcessor'];
  const config = isFields(processor) ? processor['ProcessorConfig'] : undefined;
  const distributed = isFields(config) && config['Mode'] === 'DISTRIBUTED';
  if (!distributed) {
    for (const name of DISTRIBUTED_ONLY) {
      if (Object.hasOwn(state, name)) {
        report(at(place, name), INVALID, `Field '${name}' is not supported in the mode INLINE`);
      }
    }
    const given = state['Items'];
    if (isFields(given)) report(at(place, 'Items'), INVALID, 'Items of an inline Map must be an array');
  }
  if (Object.hasOwn(state, 'Items') && Object.hasOwn(state, 'ItemReader')) {
    report(at(place, 'ItemReader'), INVALID, "Only one of 'Items' and 'ItemReader' is allowed");
  }
  const label = state['Label'];
  if (
    typeof label === 'string' &&
    (label.length > QUOTAS.labelLength || /[\s?*<>{}[\]"#%\\^|~`$&,;:/]/.test(label))
  ) {
    report(at(place, 'Label'), INVALID, `The Label must have at most ${QUOTAS.labelLength} plain characters`);
  }
  checkReaderAndWriter(place, state);
}

function checkReaderAndWriter(place: CheckPlace, state: Fields): void {
  const reader = state['ItemReader'];
  const reads = isFields(reader) ? reader['Resource'] : undefined;
  if (typeof reads === 'string' && !/^arn:[^:]+:states:::s3:(getObject|listObjectsV2)$/.test(reads)) {
    report(at(place, 'ItemReader', 'Resource'), 'INVALID_RESOURCE', `'${reads}' cannot be read from`);
  }
  const writer = state['ResultWriter'];
  if (!isFields(writer)) return;
  const writes = writer['Resource'];
  if (typeof writes === 'string' && !/^arn:[^:]+:states:::s3:putObject$/.test(writes)) {
    report(at(place, 'ResultWriter', 'Resource'), 'INVALID_RESOURCE', `'${writes}' cannot be written to`);
  }
  if (isDeepStrictEqual(writer, {})) report(at(place, 'ResultWriter'), INVALID, 'The ResultWriter is empty');
}

const processorConfig = object({
  Mode: oneOf('INLINE', 'DISTRIBUTED'),
  ExecutionType: oneOf('STANDARD', 'EXPRESS'),
});

/** The fields that a branch, a processor or a whole machine has besides its states. */
export const BLOCK_TABLES: Readonly<Record<'machine' | 'branch' | 'processor', FieldTable>> = {
  machine: {
    Comment: text,
    QueryLanguage: oneOf('JSONata', 'JSONPath'),
    Version: oneOf('1.0'),
    TimeoutSeconds: number({ least: 1, most: QUOTAS.taskTimeoutSeconds }),
    StartAt: text,
    States: anything,
  },
  branch: { Comment: text, StartAt: text, States: anything },
  processor: {
    Comment: text,
    StartAt: text,
    States: anything,
    ProcessorConfig: (place, value, rules) => {
      processorConfig(place, value, rules);
      if (!isFields(value)) return;
      const distributed = value['Mode'] === 'DISTRIBUTED';
      if (distributed && !Object.hasOwn(value, 'ExecutionType')) {
        report(place, INVALID, "The mode DISTRIBUTED needs the field 'ExecutionType'");
      }
      if (!distributed && Object.hasOwn(value, 'ExecutionType')) {
        report(
          at(place, 'ExecutionType'),
          INVALID,
          "Field 'ExecutionType' is not supported in the mode INLINE",
        );
      }
    },
  },
};
