import { describe, expect, it } from 'vitest';
import * as build from '../../lib/asl/build.ts';
import { checkStateMachine } from '../../lib/asl/check.ts';
import { allStates, printStateMachine } from '../../lib/asl/print.ts';

const retry = build.retrier({
  ErrorEquals: ['A'],
  IntervalSeconds: 1,
  MaxAttempts: 3,
  BackoffRate: 2,
  JitterStrategy: 'NONE',
});

const machine = build.stateMachine({
  StartAt: 'first',
  States: [
    ['last', build.succeed()],
    ['failed', build.fail({ Error: 'E', Cause: undefined })],
    [
      'both',
      build.parallel({
        Branches: [build.branch('a', [['a', build.pass({ Output: { z: 1, a: 2 } })]])],
        Catch: [build.catcher({ ErrorEquals: ['States.ALL'], Next: 'failed' })],
        Next: 'last',
      }),
    ],
    [
      'first',
      build.choice({ Choices: [build.rule({ Next: 'many', Condition: '{% true %}' })], Default: 'last' }),
    ],
    [
      'many',
      build.mapItems({
        MaxConcurrency: 0,
        ItemProcessor: build.inlineProcessor('b', [['b', build.pass({})]]),
        Next: 'call',
      }),
    ],
    [
      'call',
      build.task({
        Next: 'both',
        Resource: 'arn:aws:states:::lambda:invoke',
        Arguments: { FunctionName: 'f' },
        TimeoutSeconds: 99_999_999,
        Retry: [retry],
        Catch: [],
        Assign: {},
      }),
    ],
  ],
});

describe('builders', () => {
  it('leave out defaults and empty lists', () => {
    expect(retry).toEqual({ ErrorEquals: ['A'], BackoffRate: 2 });
    expect(machine.States['call']).toEqual({
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'f' },
      Retry: [retry],
      Next: 'both',
    });
    expect(machine.States['many']).not.toHaveProperty('MaxConcurrency');
    expect(build.pass({})).toEqual({ Type: 'Pass', End: true });
    expect(build.wait({ Seconds: 0 })).toEqual({ Type: 'Wait', Seconds: 0, End: true });
    expect(checkStateMachine(machine)).toEqual([]);
  });
});

describe('printing', () => {
  it('orders states as they run and fields as the specification does', () => {
    const printed = JSON.parse(printStateMachine(machine));
    expect(Object.keys(printed)).toEqual(['QueryLanguage', 'StartAt', 'States']);
    expect(Object.keys(printed.States)).toEqual(['first', 'many', 'call', 'both', 'last', 'failed']);
    expect(Object.keys(printed.States.call)).toEqual(['Type', 'Resource', 'Arguments', 'Retry', 'Next']);
    expect(JSON.stringify(printed.States.both.Branches[0].States.a.Output)).toBe('{"z":1,"a":2}');
    expect(printed).toEqual(JSON.parse(JSON.stringify(machine)));
  });
  it('does not depend on the order in which states were given', () => {
    const reversed = { ...machine, States: Object.fromEntries(Object.entries(machine.States).reverse()) };
    expect(printStateMachine(reversed)).toBe(printStateMachine(machine));
  });
  it('walks into blocks', () => {
    expect([...allStates(machine)].map(([name]) => name)).toEqual([
      'first',
      'many',
      'b',
      'call',
      'both',
      'a',
      'last',
      'failed',
    ]);
  });
});
