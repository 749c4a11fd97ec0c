/** How fast the interpreter goes from state to state: alone, with tasks that do nothing, and with the real handlers. */
import type { HistoryEvent } from '../../lib/asl/history-event.ts';
import type { JsonValue } from '../../lib/asl/json.ts';
import type { StateMachine } from '../../lib/asl/state-machine.ts';
import {
  createTokens,
  type LoadedMachine,
  loadMachine,
  runExecution,
  virtualClock,
} from '../../lib/runtime/index.ts';
import { stepsYaml } from './generate.ts';
import { prepared, simulate } from './runs.ts';

type Figure = readonly [name: string, value: number, unit: string, more: object];

export async function interpreterFigures(): Promise<readonly Figure[]> {
  return [await passing(), await looping(), ...(await compiledWorkflow())];
}

function isEntered({ type }: HistoryEvent): boolean {
  return type.endsWith('StateEntered');
}

function load(machine: StateMachine): LoadedMachine {
  const loaded = loadMachine(machine);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings.slice(0, 3)));
  return loaded.machine;
}

/** States a second. The first run is not counted: machines are loaded once, and code warms up. */
async function rate(
  machine: LoadedMachine,
  times: number,
  input: JsonValue,
  answer: (state: string) => JsonValue,
): Promise<number> {
  const tasks = { run: async ({ stateName }: { readonly stateName: string }) => answer(stateName) };
  const run = async () => {
    const options = { input, name: 'bench', clock: virtualClock(0), tokens: createTokens(), tasks };
    const { status, cause, events } = await runExecution(machine, options);
    if (status !== 'SUCCEEDED') throw new Error(`${status} ${cause ?? ''}`);
    return events.filter(isEntered).length;
  };
  await run();
  let states = 0;
  const began = performance.now();
  for (let time = 0; time < times; time += 1) states += await run();
  return states / ((performance.now() - began) / 1000);
}

const nothing = () => null;

async function passing(): Promise<Figure> {
  const states = 10_000;
  const machine: StateMachine = {
    QueryLanguage: 'JSONata',
    StartAt: 's0',
    States: Object.fromEntries(
      Array.from({ length: states }, (_, at) => {
        const way = at === states - 1 ? { End: true as const } : { Next: `s${at + 1}` };
        return [`s${at}`, { Type: 'Pass', ...way }];
      }),
    ),
  };
  const value = await rate(load(machine), 10, {}, nothing);
  return ['interpreter, Pass states', value, 'states/s', { states }];
}

async function looping(): Promise<Figure> {
  const rounds = 5_000;
  const machine: StateMachine = {
    QueryLanguage: 'JSONata',
    StartAt: 'start',
    States: {
      start: { Type: 'Pass', Assign: { n: 0 }, Next: 'add' },
      add: { Type: 'Pass', Assign: { n: '{% $n + 1 %}' }, Next: 'more' },
      more: {
        Type: 'Choice',
        Choices: [{ Condition: `{% $n < ${rounds} %}`, Next: 'add' }],
        Default: 'end',
      },
      end: { Type: 'Succeed' },
    },
  };
  const value = await rate(load(machine), 10, {}, nothing);
  return ['interpreter, Assign and Choice', value, 'states/s', { states: 2 * rounds }];
}

/** The machine of a workflow: loaded, then run with tasks that answer at once what the handlers answered before. */
async function compiledWorkflow(): Promise<readonly Figure[]> {
  const workflow = prepared(stepsYaml(20, 5));
  const { machine } = workflow.compiled;
  const first = (await simulate(workflow, [])).execution.events;
  const answers = answersIn(first);
  const input = JSON.parse(first[0]?.executionStartedEventDetails?.input ?? '{}') as JsonValue;
  let began = performance.now();
  const loads = 5;
  for (let time = 0; time < loads; time += 1) load(machine);
  const loading = (performance.now() - began) / loads;
  const alone = await rate(load(machine), 60, input, (state) => answers.get(state) ?? null);
  began = performance.now();
  let states = 0;
  for (let time = 0; time < 10; time += 1)
    states += (await simulate(workflow, [])).execution.events.filter(isEntered).length;
  const withHandlers = states / ((performance.now() - began) / 1000);
  const more = { leaves: 100, states: first.filter(isEntered).length };
  return [
    ['load of a compiled workflow', loading, 'ms', more],
    ['interpreter, compiled workflow, tasks that do nothing', alone, 'states/s', more],
    ['interpreter with handlers', withHandlers, 'states/s', more],
  ];
}

function answersIn(events: readonly HistoryEvent[]): ReadonlyMap<string, JsonValue> {
  const names = new Map<number, string>();
  const answers = new Map<string, JsonValue>();
  for (const event of events) {
    const name = event.stateEnteredEventDetails?.name ?? names.get(event.previousEventId) ?? '';
    names.set(event.id, name);
    const succeeded = event.taskSucceededEventDetails;
    if (succeeded !== undefined) answers.set(name, JSON.parse(succeeded.output) as JsonValue);
  }
  return answers;
}
