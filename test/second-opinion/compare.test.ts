import { expect, test } from 'vitest';
import type { JsonValue } from '../../lib/asl/json.ts';
import type { StateMachine } from '../../lib/asl/state-machine.ts';
import { createTokens, loadMachine, runExecution, taskError, virtualClock } from '../../lib/runtime/index.ts';
import { compareRuns } from './compare.ts';
import type { MotoRun } from './moto.ts';
import { type Recording, recordingOf } from './record.ts';

/** Each item is tried twice; what fails both times is caught. */
const machine: StateMachine = {
  QueryLanguage: 'JSONata',
  StartAt: 'each',
  States: {
    each: {
      Type: 'Map',
      Items: '{% $states.input %}',
      ItemProcessor: {
        StartAt: 'around',
        States: {
          around: {
            Type: 'Parallel',
            Branches: [
              {
                StartAt: 'call',
                States: {
                  call: {
                    Type: 'Task',
                    Resource: 'arn:aws:states:::lambda:invoke',
                    Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
                    End: true,
                  },
                },
              },
            ],
            Retry: [{ ErrorEquals: ['Once'], MaxAttempts: 1 }],
            Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput.Error %}', Next: 'last' }],
            Next: 'last',
          },
          last: { Type: 'Pass', End: true },
        },
      },
      End: true,
    },
  },
};

async function record(): Promise<Recording> {
  const loaded = loadMachine(machine);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
  const tried = new Set<string>();
  const run = async (request: { readonly arguments: JsonValue }) => {
    const item = JSON.stringify(request.arguments);
    const isFirst = !tried.has(item);
    tried.add(item);
    if (item.includes('"bad"')) throw taskError('Bad', 'it is bad');
    if (isFirst) throw taskError('Once', 'not yet');
    return { Payload: 'done' };
  };
  const options = { input: ['a', 'bad'], name: 'run', clock: virtualClock(0), tokens: createTokens() };
  const { events } = await runExecution(loaded.machine, { ...options, tasks: { run } });
  return recordingOf('arn', machine, events);
}

function sameRun({ ending, visits, tasks }: Recording): MotoRun {
  return {
    ...ending,
    visits: visits.map(({ place, state }) => [place, state] as const),
    calls: tasks.map(({ outcome: _, ...call }) => call),
  };
}

test('a run is recorded with the iterations, attempts and answers of its tasks', async () => {
  const { ending, tasks, visits } = await record();
  expect(ending).toEqual({ status: 'SUCCEEDED', output: [[{ Payload: 'done' }], 'Bad'] });
  const told = tasks.map(({ place, state, outcome }) => [place, state, outcome.kind]);
  expect(told.filter(([place]) => place === 'each[0]')).toEqual([
    ['each[0]', 'call', 'failed'],
    ['each[0]', 'call', 'succeeded'],
  ]);
  expect(told.filter(([place]) => place === 'each[1]')).toEqual([['each[1]', 'call', 'failed']]);
  const ended = visits.filter(({ state }) => state === 'last').map(({ place }) => place);
  expect(ended.sort()).toEqual(['each[0]', 'each[1]']);
});

test('equal runs are told from others', async () => {
  const ours = await record();
  const theirs = sameRun(ours);
  const different = (change: Partial<MotoRun>) => compareRuns(ours, { ...theirs, ...change }).join();
  expect(compareRuns(ours, theirs)).toEqual([]);
  expect(different({ status: 'FAILED' })).toContain('status');
  expect(different({ output: [] })).toContain('output');
  expect(different({ visits: theirs.visits.slice(1) })).toContain("states of ''");
  expect(different({ calls: theirs.calls.slice(1) })).toContain("task 'each[0] call'");
  const [first, ...others] = theirs.calls;
  expect(different({ calls: [{ ...first!, timeout: 5 }, ...others] })).toContain('timeout');
  expect(different({ calls: [{ ...first!, arguments: {} }, ...others] })).toContain('FunctionName');
});
