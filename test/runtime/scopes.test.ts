import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../lib/asl/json.ts';
import { machine, runMachine } from './run-machine.ts';

const start: JsonObject = { Type: 'Pass', Assign: { outer: 1 }, Next: 'M' };
const end: JsonObject = {
  Type: 'Pass',
  Output: ['{% $states.input %}', '{% $exists($inner) %}', '{% $outer %}'],
  End: true,
};

describe('variables', () => {
  it('of the outer scope are read within, those within vanish', async () => {
    const inside = machine({
      A: { Type: 'Pass', Assign: { inner: '{% $outer + $states.input %}' }, Next: 'B' },
      B: { Type: 'Pass', Output: '{% $inner %}', End: true },
    });
    const result = await runMachine(
      machine({ S: start, M: { Type: 'Map', Items: [10, 20], ItemProcessor: inside, Next: 'E' }, E: end }),
    );
    expect(result.output).toEqual([[11, 21], false, 1]);
  });

  it('are not shared between branches', async () => {
    const branch = (name: string) =>
      machine({
        [`A${name}`]: { Type: 'Pass', Assign: { inner: name }, Next: `W${name}` },
        [`W${name}`]: { Type: 'Wait', Seconds: 1, Next: `B${name}` },
        [`B${name}`]: { Type: 'Pass', Output: '{% $inner %}', End: true },
      });
    const Branches = [branch('x'), branch('y')];
    const result = await runMachine(
      machine({ S: start, M: { Type: 'Parallel', Branches, Next: 'E' }, E: end }),
    );
    expect(result.output).toEqual([['x', 'y'], false, 1]);
  });

  it('may be assigned by the Catch of the state that holds the scope', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'E', Assign: { inner: 1 }, Output: 'caught' }];
    const Branches = [machine({ F: { Type: 'Fail', Error: 'X' } })];
    const result = await runMachine(
      machine({ S: start, M: { Type: 'Parallel', Branches, Catch, Next: 'E' }, E: end }),
    );
    expect(result.output).toEqual(['caught', true, 1]);
  });

  it('of the parent are not seen by children of a Distributed Map', async () => {
    const ItemProcessor = {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      ...machine({ A: { Type: 'Pass', Output: '{% $exists($outer) %}', End: true } }),
    };
    const result = await runMachine(
      machine({ S: start, M: { Type: 'Map', Items: [1], ItemProcessor, Next: 'E' }, E: end }),
    );
    expect(result.output).toEqual([[false], false, 1]);
  });

  it('appear in the history as JSON texts', async () => {
    const result = await runMachine(
      machine({ S: { Type: 'Pass', Assign: { a: 'x', b: { c: 1 } }, End: true } }),
    );
    const exited = result.events.find((event) => event.type === 'PassStateExited');
    expect(JSON.parse(JSON.stringify(exited)).stateExitedEventDetails.assignedVariables).toEqual({
      a: '"x"',
      b: '{"c":1}',
    });
  });
});
