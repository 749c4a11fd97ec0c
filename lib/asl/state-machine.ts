/** A state machine in the Amazon States Language, JSONata only, with the fields that AWS accepts. */

import type { JsonObject, JsonValue } from './json.ts';

export interface StatesBlock {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface StateMachine extends StatesBlock {
  readonly Comment?: string;
  readonly QueryLanguage?: 'JSONata';
  readonly Version?: string;
  readonly TimeoutSeconds?: number;
}

export type State =
  | PassState
  | TaskState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

export type StateType = State['Type'];

interface Described {
  readonly Comment?: string;
  readonly QueryLanguage?: 'JSONata';
}

/** `Next` or `End: true`; the checker says when neither or both are there. */
interface Transition {
  readonly Next?: string;
  readonly End?: true;
}

/** A number, or a `{% %}` text that yields one. */
export type NumberOrExpression = number | string;

export interface Assignable {
  readonly Assign?: JsonObject;
  readonly Output?: JsonValue;
}

export interface Recoverable {
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
  readonly Comment?: string;
}

export interface Catcher extends Assignable {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Comment?: string;
}

export interface PassState extends Described, Transition, Assignable {
  readonly Type: 'Pass';
}

export interface TaskState extends Described, Transition, Assignable, Recoverable {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Arguments?: JsonValue;
  readonly TimeoutSeconds?: NumberOrExpression;
  readonly HeartbeatSeconds?: NumberOrExpression;
  readonly Credentials?: { readonly RoleArn: string };
}

/** At state level, `Assign` and `Output` count only when no rule matches. */
export interface ChoiceState extends Described, Assignable {
  readonly Type: 'Choice';
  readonly Choices: readonly ChoiceRule[];
  readonly Default?: string;
}

export interface ChoiceRule extends Assignable {
  readonly Condition: string | boolean;
  readonly Next: string;
  readonly Comment?: string;
}

/** Exactly one of `Seconds` and `Timestamp`. */
export interface WaitState extends Described, Transition, Assignable {
  readonly Type: 'Wait';
  readonly Seconds?: NumberOrExpression;
  readonly Timestamp?: string;
}

export interface SucceedState extends Described {
  readonly Type: 'Succeed';
  readonly Output?: JsonValue;
}

export interface FailState extends Described {
  readonly Type: 'Fail';
  readonly Error?: string;
  readonly Cause?: string;
}

export interface ParallelState extends Described, Transition, Assignable, Recoverable {
  readonly Type: 'Parallel';
  readonly Branches: readonly Branch[];
  readonly Arguments?: JsonValue;
}

export interface Branch extends StatesBlock {
  readonly Comment?: string;
}

export interface MapState extends Described, Transition, Assignable, Recoverable {
  readonly Type: 'Map';
  readonly Items?: JsonValue;
  readonly ItemSelector?: JsonValue;
  readonly MaxConcurrency?: NumberOrExpression;
  readonly ItemProcessor: ItemProcessor;
  /** The fields from here on belong to Distributed Map. */
  readonly ItemReader?: ItemReader;
  readonly ItemBatcher?: ItemBatcher;
  readonly ResultWriter?: ResultWriter;
  readonly ToleratedFailurePercentage?: NumberOrExpression;
  readonly ToleratedFailureCount?: NumberOrExpression;
  readonly Label?: string;
}

export interface ItemProcessor extends StatesBlock {
  readonly ProcessorConfig?: ProcessorConfig;
  readonly Comment?: string;
}

export type ProcessorConfig =
  | { readonly Mode?: 'INLINE' }
  | { readonly Mode: 'DISTRIBUTED'; readonly ExecutionType: 'STANDARD' | 'EXPRESS' };

export type ReaderInput = 'CSV' | 'JSON' | 'JSONL' | 'PARQUET' | 'MANIFEST';

export interface ItemReader {
  readonly Resource: string;
  readonly Arguments?: JsonValue;
  readonly ReaderConfig?: ReaderConfig;
}

export interface ReaderConfig {
  readonly InputType?: ReaderInput;
  readonly CSVHeaderLocation?: 'FIRST_ROW' | 'GIVEN';
  readonly CSVHeaders?: readonly string[];
  readonly CSVDelimiter?: 'COMMA' | 'PIPE' | 'SEMICOLON' | 'SPACE' | 'TAB';
  readonly MaxItems?: NumberOrExpression;
  readonly ItemsPointer?: string;
  readonly Transformation?: 'NONE' | 'LOAD_AND_FLATTEN';
  readonly ManifestType?: 'ATHENA_DATA' | 'S3_INVENTORY';
}

export interface ItemBatcher {
  readonly MaxItemsPerBatch?: NumberOrExpression;
  readonly MaxInputBytesPerBatch?: NumberOrExpression;
  readonly BatchInput?: JsonValue;
}

export interface ResultWriter {
  readonly Resource?: string;
  readonly Arguments?: JsonValue;
  readonly WriterConfig?: WriterConfig;
}

export interface WriterConfig {
  readonly Transformation?: 'NONE' | 'COMPACT' | 'FLATTEN';
  readonly OutputType?: 'JSON' | 'JSONL';
}

export function isDistributed(state: MapState): boolean {
  return state.ItemProcessor.ProcessorConfig?.Mode === 'DISTRIBUTED';
}
