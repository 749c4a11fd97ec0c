/** The other interpreter, in a process of its own. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { JsonValue } from '../../lib/asl/json.ts';
import type { StateMachine } from '../../lib/asl/state-machine.ts';
import { machineArn, ROLE_ARN } from '../../lib/runtime/visit.ts';
import { evaluate } from './evaluate.ts';
import { groupBy } from './group.ts';
import type { Ending, Recording } from './record.ts';

export interface Call {
  readonly place: string;
  readonly state: string;
  readonly resource: string;
  readonly arguments: JsonValue;
  readonly timeout?: number;
  readonly heartbeat?: number;
}

export interface MotoRun extends Ending {
  readonly visits: readonly (readonly [place: string, state: string])[];
  readonly calls: readonly Call[];
}

export interface Moto {
  run(machine: StateMachine, recording: Recording): Promise<MotoRun>;
  close(): Promise<void>;
}

type Told =
  | {
      readonly evaluate: number;
      readonly text: string;
      readonly variables: Readonly<Record<string, unknown>>;
    }
  | ({ readonly ended: number } & MotoRun);

/** No machine takes a tenth of it. */
const LONGEST_MILLISECONDS = 600_000;
const ENDLESS: MotoRun = { status: 'REFUSED', cause: 'it does not end', visits: [], calls: [] };

export function startMoto(python: string, launcher: string): Moto {
  const child = spawn(python, [launcher], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = new Map<number, { resolve: (run: MotoRun) => void; reject: (why: Error) => void }>();
  let last = 0;
  const tell = (message: object) => void child.stdin.write(`${JSON.stringify(message)}\n`);
  const hear = async (told: Told) => {
    if ('evaluate' in told) {
      tell({ value: told.evaluate, ...(await evaluate(told.text, told.variables)) });
      return;
    }
    waiting.get(told.ended)?.resolve(told);
    waiting.delete(told.ended);
  };
  createInterface({ input: child.stdout }).on('line', (line) => void hear(JSON.parse(line) as Told));
  const exited = new Promise<void>((resolve) => {
    child.on('exit', (code) => {
      for (const { reject } of waiting.values()) reject(new Error(`moto ended with code ${code}`));
      resolve();
    });
  });
  return {
    run: (machine, recording) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        setTimeout(() => resolve(ENDLESS), LONGEST_MILLISECONDS).unref();
        tell({ run: last, ...requestOf(machine, recording) });
      }),
    close: async () => {
      child.stdin.end();
      await exited;
    },
  };
}

function requestOf(machine: StateMachine, recording: Recording): object {
  const { arn, input, startTime, tasks, visits } = recording;
  const times = groupBy(
    visits,
    ({ place, state }) => `${place} ${state}`,
    ({ time }) => time,
  );
  return {
    definition: JSON.stringify(machine),
    input,
    arn,
    name: arn.split(':').at(-1),
    machine: 'local',
    machineArn: machineArn('local'),
    roleArn: ROLE_ARN,
    startTime,
    tasks: tasks.map(({ place, state, outcome }) => ({ place, state, outcome })),
    times: Object.fromEntries(times),
  };
}
