/** A definition made ready to run: its expressions compiled, its resources parsed, its states in maps. */

import type { JsonValue } from '../asl/json.ts';
import type { ExpressionCache } from '../asl/jsonata.ts';
import { parseResource, type Resource } from '../asl/resources.ts';
import type {
  Catcher,
  ChoiceState,
  MapState,
  ReaderConfig,
  Retrier,
  State,
  StateMachine,
  StatesBlock,
  StateType,
  WriterConfig,
} from '../asl/state-machine.ts';
import { prepareTemplate, type Template } from './template.ts';

export interface PreparedBlock {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, PreparedState>;
}

export interface LoadedMachine {
  readonly definition: StateMachine;
  readonly block: PreparedBlock;
}

interface Common {
  readonly name: string;
  /** Undefined where the state ends its block. */
  readonly next: string | undefined;
  readonly output: Template | undefined;
  readonly assign: Template | undefined;
}

interface Recoverable {
  readonly retry: readonly Retrier[];
  readonly catches: readonly PreparedCatcher[];
}

export interface PreparedCatcher {
  readonly errors: readonly string[];
  readonly next: string;
  readonly output: Template | undefined;
  readonly assign: Template | undefined;
}

export interface PreparedRule extends Omit<PreparedCatcher, 'errors'> {
  readonly condition: Template;
}

export type PreparedState =
  | ({ readonly type: 'Pass' | 'Succeed' } & Common)
  | ({ readonly type: 'Choice'; readonly rules: readonly PreparedRule[] } & Common)
  | ({ readonly type: 'Wait'; readonly seconds?: Template; readonly timestamp?: Template } & Common)
  | ({ readonly type: 'Fail'; readonly error?: Template; readonly cause?: Template } & Common)
  | PreparedTask
  | PreparedParallel
  | PreparedMap;

export interface PreparedTask extends Common, Recoverable {
  readonly type: 'Task';
  /** As written. */
  readonly arn: string;
  readonly resource: Resource;
  readonly arguments: Template | undefined;
  readonly timeout: Template | undefined;
  readonly heartbeat: Template | undefined;
  readonly role: Template | undefined;
}

export interface PreparedParallel extends Common, Recoverable {
  readonly type: 'Parallel';
  readonly arguments: Template | undefined;
  readonly branches: readonly PreparedBlock[];
}

export interface PreparedMap extends Common, Recoverable {
  readonly type: 'Map';
  readonly items: Template | undefined;
  readonly selector: Template | undefined;
  readonly concurrency: Template | undefined;
  readonly toleratedPercentage: Template | undefined;
  readonly toleratedCount: Template | undefined;
  readonly processor: PreparedBlock;
  readonly distributed: PreparedDistribution | undefined;
}

export interface PreparedDistribution {
  readonly label: string;
  readonly reader: PreparedReader | undefined;
  readonly batcher: PreparedBatcher | undefined;
  readonly writer: PreparedWriter | undefined;
}

export interface PreparedReader {
  readonly lists: boolean;
  readonly arguments: Template | undefined;
  readonly config: ReaderConfig;
  readonly maxItems: Template | undefined;
}

export interface PreparedBatcher {
  readonly items: Template | undefined;
  readonly bytes: Template | undefined;
  readonly input: Template | undefined;
}

export interface PreparedWriter {
  /** Undefined where results are only formatted, not exported. */
  readonly arguments: Template | undefined;
  readonly config: WriterConfig;
}

type Prepare = (value: JsonValue | undefined, location: string) => Template | undefined;

export function prepareBlock(block: StatesBlock, cache: ExpressionCache): PreparedBlock {
  const prepare: Prepare = (value, at) =>
    value === undefined ? undefined : prepareTemplate(value, at, cache);
  const states = Object.entries(block.States).map(
    ([name, state]) => [name, prepareState(name, state, prepare, cache)] as const,
  );
  return { startAt: block.StartAt, states: new Map(states) };
}

function prepareState(name: string, state: State, prepare: Prepare, cache: ExpressionCache): PreparedState {
  const common: Common = {
    name,
    next: 'Next' in state ? state.Next : undefined,
    output: 'Output' in state ? prepare(state.Output, 'Output') : undefined,
    assign: 'Assign' in state ? prepare(state.Assign, 'Assign') : undefined,
  };
  const field = <K extends string>(key: K, value: JsonValue | undefined, at: string) => {
    const template = prepare(value, at);
    return (template === undefined ? {} : { [key]: template }) as { readonly [P in K]?: Template };
  };
  switch (state.Type) {
    case 'Pass':
    case 'Succeed':
      return { type: state.Type, ...common };
    case 'Choice':
      return { type: 'Choice', ...common, next: state.Default, rules: prepareRules(state, prepare) };
    case 'Wait': {
      const seconds = field('seconds', state.Seconds, 'Seconds');
      return { type: 'Wait', ...common, ...seconds, ...field('timestamp', state.Timestamp, 'Timestamp') };
    }
    case 'Fail':
      return {
        type: 'Fail',
        ...common,
        ...field('error', state.Error, 'Error'),
        ...field('cause', state.Cause, 'Cause'),
      };
    case 'Task':
      return {
        type: 'Task',
        ...common,
        ...recovery(state, prepare),
        arn: state.Resource,
        resource: resourceOf(state.Resource),
        arguments: prepare(state.Arguments, 'Arguments'),
        timeout: prepare(state.TimeoutSeconds, 'TimeoutSeconds'),
        heartbeat: prepare(state.HeartbeatSeconds, 'HeartbeatSeconds'),
        role: prepare(state.Credentials?.RoleArn, 'Credentials/RoleArn'),
      };
    case 'Parallel': {
      const branches = state.Branches.map((branch) => prepareBlock(branch, cache));
      const given = prepare(state.Arguments, 'Arguments');
      return { type: 'Parallel', ...common, ...recovery(state, prepare), arguments: given, branches };
    }
    case 'Map':
      return { ...common, ...recovery(state, prepare), ...prepareMap(name, state, prepare, cache) };
  }
}

function prepareMap(
  name: string,
  state: MapState,
  prepare: Prepare,
  cache: ExpressionCache,
): Omit<PreparedMap, keyof Common | keyof Recoverable> {
  const distributed = state.ItemProcessor.ProcessorConfig?.Mode === 'DISTRIBUTED';
  return {
    type: 'Map',
    items: prepare(state.Items, 'Items'),
    selector: prepare(state.ItemSelector, 'ItemSelector'),
    concurrency: prepare(state.MaxConcurrency, 'MaxConcurrency'),
    toleratedPercentage: prepare(state.ToleratedFailurePercentage, 'ToleratedFailurePercentage'),
    toleratedCount: prepare(state.ToleratedFailureCount, 'ToleratedFailureCount'),
    processor: prepareBlock(state.ItemProcessor, cache),
    distributed: distributed ? prepareDistribution(name, state, prepare) : undefined,
  };
}

function prepareDistribution(name: string, state: MapState, prepare: Prepare): PreparedDistribution {
  const { ItemReader, ItemBatcher, ResultWriter } = state;
  return {
    label: state.Label ?? name.replaceAll(/[^A-Za-z0-9_-]/g, '').slice(0, 40),
    reader: ItemReader && {
      lists: ItemReader.Resource.endsWith(':listObjectsV2'),
      arguments: prepare(ItemReader.Arguments, 'ItemReader/Arguments'),
      config: ItemReader.ReaderConfig ?? {},
      maxItems: prepare(ItemReader.ReaderConfig?.MaxItems, 'ItemReader/ReaderConfig/MaxItems'),
    },
    batcher: ItemBatcher && {
      items: prepare(ItemBatcher.MaxItemsPerBatch, 'ItemBatcher/MaxItemsPerBatch'),
      bytes: prepare(ItemBatcher.MaxInputBytesPerBatch, 'ItemBatcher/MaxInputBytesPerBatch'),
      input: prepare(ItemBatcher.BatchInput, 'ItemBatcher/BatchInput'),
    },
    writer: ResultWriter && {
      arguments:
        ResultWriter.Resource === undefined
          ? undefined
          : prepare(ResultWriter.Arguments ?? {}, 'ResultWriter/Arguments'),
      config: ResultWriter.WriterConfig ?? {},
    },
  };
}

function prepareRules(state: ChoiceState, prepare: Prepare): readonly PreparedRule[] {
  return state.Choices.map((rule, i) => ({
    condition: prepare(rule.Condition, `Choices[${i}]/Condition`)!,
    next: rule.Next,
    output: prepare(rule.Output, `Choices[${i}]/Output`),
    assign: prepare(rule.Assign, `Choices[${i}]/Assign`),
  }));
}

function recovery(
  state: { readonly Retry?: readonly Retrier[]; readonly Catch?: readonly Catcher[] },
  prepare: Prepare,
): Recoverable {
  const catches = (state.Catch ?? []).map((catcher, i) => ({
    errors: catcher.ErrorEquals,
    next: catcher.Next,
    output: prepare(catcher.Output, `Catch[${i}]/Output`),
    assign: prepare(catcher.Assign, `Catch[${i}]/Assign`),
  }));
  return { retry: state.Retry ?? [], catches };
}

function resourceOf(arn: string): Resource {
  const parsed = parseResource(arn);
  // The checker has refused what does not parse.
  return parsed.ok ? parsed.resource : { kind: 'service', resourceType: '', resource: arn, suffix: '' };
}

export type RecoverableState = PreparedTask | PreparedParallel | PreparedMap;

export type EnteredEvent = `${StateType}StateEntered`;
