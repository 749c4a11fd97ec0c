/** State machines and their executions, on our own interpreter. */
import { randomUUID } from 'node:crypto';
import type { HistoryEvent } from '../../../lib/asl/history-event.ts';
import type { JsonObject, JsonValue } from '../../../lib/protocol/json.ts';
import {
  createTokens,
  type ExecutionStatus,
  type LoadedMachine,
  loadMachine,
  type ObjectReader,
  realClock,
  runExecution,
  type TaskHost,
  type TokenRegistry,
  taskError,
} from '../../../lib/runtime/index.ts';
import { awsError } from './http.ts';

export const REGION = 'us-east-1';
export const ACCOUNT = '123456789012';

export interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly definition: string;
  readonly roleArn: string;
  readonly createdAt: Date;
  readonly loaded: LoadedMachine;
  readonly tags: Map<string, string>;
  readonly settings: JsonObject;
}

export interface Execution {
  readonly arn: string;
  readonly machineArn: string;
  readonly name: string;
  readonly input: string;
  readonly startDate: Date;
  readonly events: HistoryEvent[];
  readonly mapRunArn?: string;
  status: 'RUNNING' | ExecutionStatus;
  stopDate?: Date;
  output?: string;
  error?: string;
  cause?: string;
  readonly stop: (error?: string, cause?: string) => void;
  readonly done: Promise<void>;
}

export interface Machines {
  readonly tokens: TokenRegistry;
  readonly machines: ReadonlyMap<string, Machine>;
  readonly executions: ReadonlyMap<string, Execution>;
  readonly create: (given: JsonObject) => Machine;
  readonly remove: (arn: string) => void;
  readonly start: (machineArn: string, name: string | undefined, input: string) => Execution;
  /** Ends what runs. */
  readonly close: () => Promise<void>;
}

export interface MachineSurroundings {
  /** What task states do, by the role of their machine. */
  readonly tasks: (role: string) => TaskHost;
  readonly objects: ObjectReader;
  readonly onStatus: (execution: Execution) => void;
}

export function createMachines(around: MachineSurroundings): Machines {
  const machines = new Map<string, Machine>();
  const executions = new Map<string, Execution>();
  const tokens = createTokens();
  const start = (machineArn: string, given: string | undefined, input: string): Execution => {
    const machine = machines.get(machineArn);
    if (machine === undefined)
      throw awsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${machineArn}'`);
    const name = given ?? randomUUID();
    const arn = machineArn.replace(':stateMachine:', ':execution:') + `:${name}`;
    const known = executions.get(arn);
    if (known !== undefined) {
      if (known.status === 'RUNNING' && sameJson(known.input, input)) return known;
      throw awsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const execution = begin({ machine, arn, name, input, tokens, executions, around });
    executions.set(arn, execution);
    around.onStatus(execution);
    return execution;
  };
  return {
    tokens,
    machines,
    executions,
    start,
    create: (given) => {
      const machine = machineOf(given);
      const known = machines.get(machine.arn);
      if (known === undefined) machines.set(machine.arn, machine);
      else if (known.definition !== machine.definition || known.roleArn !== machine.roleArn)
        throw awsError('StateMachineAlreadyExists', `State Machine Already Exists: '${machine.arn}'`);
      return known ?? machine;
    },
    remove: (arn) => void machines.delete(arn),
    close: async () => {
      const open = [...executions.values()].filter(({ status }) => status === 'RUNNING');
      for (const one of open) one.stop('Box.Closed');
      await Promise.all(open.map(({ done }) => done));
    },
  };
}

const NAME = /^[A-Za-z0-9_-]{1,80}$/;

function machineOf(given: JsonObject): Machine {
  const name = String(given['name']);
  if (!NAME.test(name)) throw awsError('InvalidName', `Invalid Name: '${name}'`);
  const definition = String(given['definition']);
  if (definition.length > 1_048_576) throw awsError('InvalidDefinition', 'The definition is too large');
  const loaded = loadMachine(JSON.parse(definition) as JsonValue);
  if (!loaded.ok)
    throw awsError(
      'InvalidDefinition',
      `Invalid State Machine Definition: '${JSON.stringify(loaded.findings)}'`,
    );
  const tags = (given['tags'] ?? []) as unknown as readonly {
    readonly key: string;
    readonly value: string;
  }[];
  return {
    arn: `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`,
    name,
    definition,
    roleArn: String(given['roleArn']),
    createdAt: new Date(),
    loaded: loaded.machine,
    tags: new Map(tags.map(({ key, value }) => [key, value])),
    settings: given,
  };
}

interface Beginning {
  readonly machine: Machine;
  readonly arn: string;
  readonly name: string;
  readonly input: string;
  readonly tokens: TokenRegistry;
  readonly executions: Map<string, Execution>;
  readonly around: MachineSurroundings;
}

function begin(given: Beginning): Execution {
  const { machine, arn, name, around } = given;
  if (name.length > 80 || /[\s?*<>{}[\]"#%\\^~$&,;:/|`]/.test(name))
    throw awsError('InvalidName', `Invalid Name: '${name}'`);
  if (Buffer.byteLength(given.input) > 262_144)
    throw awsError('InvalidExecutionInput', 'The input is too large');
  const controller = new AbortController();
  const events: HistoryEvent[] = [];
  const running = runExecution(machine.loaded, {
    input: parseInput(given.input),
    name,
    stateMachineName: machine.name,
    clock: realClock(),
    tasks: around.tasks(machine.roleArn),
    tokens: given.tokens,
    signal: controller.signal,
    objects: around.objects,
    onEvent: (event) => void events.push(event),
    onChild: (child) => {
      const record = childRecord(child.executionArn, child.name, child.mapRunArn, machine.arn);
      given.executions.set(child.executionArn, record);
      return (event) => {
        record.events.push(event);
        settleChild(record, event);
      };
    },
  });
  const execution: Execution = {
    arn,
    machineArn: machine.arn,
    name,
    input: given.input,
    startDate: new Date(),
    events,
    status: 'RUNNING',
    stop: (error, cause) => controller.abort(taskError(error ?? '', cause)),
    done: running.then((result) => {
      execution.status = result.status;
      execution.stopDate = new Date();
      if (result.status === 'SUCCEEDED') execution.output = JSON.stringify(result.output ?? null);
      if (result.error) execution.error = result.error;
      if (result.cause) execution.cause = result.cause;
      around.onStatus(execution);
    }),
  };
  return execution;
}

function parseInput(input: string): JsonValue {
  try {
    return JSON.parse(input) as JsonValue;
  } catch {
    throw awsError('InvalidExecutionInput', `Invalid State Machine Execution Input: ${input.slice(0, 100)}`);
  }
}

/** Two texts of the same input start one execution. */
function sameJson(a: string, b: string): boolean {
  return a === b || JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b));
}

/** Children of a Distributed Map can be described and read, but not stopped by themselves. */
function childRecord(arn: string, name: string, mapRunArn: string, machineArn: string): Execution {
  return {
    arn,
    machineArn,
    name,
    input: '{}',
    startDate: new Date(),
    events: [],
    mapRunArn,
    status: 'RUNNING',
    stop: () => undefined,
    done: Promise.resolve(),
  };
}

const ENDS: Readonly<Record<string, ExecutionStatus>> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionAborted: 'ABORTED',
  ExecutionTimedOut: 'TIMED_OUT',
};

function settleChild(record: Execution, event: HistoryEvent): void {
  const status = ENDS[event.type];
  if (status === undefined) return;
  record.status = status;
  record.stopDate = event.timestamp;
  const output = event.executionSucceededEventDetails?.output;
  if (output !== undefined) record.output = output;
}
