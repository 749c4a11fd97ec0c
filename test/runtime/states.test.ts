import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../lib/asl/json.ts';
import { invoke, machine, runMachine, typesOf } from './run-machine.ts';

const pass = (output: JsonValue, more: JsonObject = {}): JsonObject => ({
  Type: 'Pass',
  Output: output,
  End: true,
  ...more,
});

const at = (state: string, id: number) =>
  `An error occurred while executing the state '${state}' (entered at the event id #${id}).`;

describe('outputs', () => {
  const cases: readonly (readonly [name: string, state: JsonObject, input: JsonValue, output: JsonValue])[] =
    [
      ['input passes through', { Type: 'Pass', End: true }, { a: 1 }, { a: 1 }],
      [
        'expressions at any depth',
        pass({ a: [{ b: '{% $states.input.x %}' }] }),
        { x: 2 },
        { a: [{ b: 2 }] },
      ],
      ['brackets must span the text', pass('a{% $states.input %}'), 1, 'a{% $states.input %}'],
      ['a path keeps an array of one', pass('{% $states.input.x %}'), { x: [1] }, [1]],
      ['a filter unwraps one item', pass('{% $states.input.x[$ > 1] %}'), { x: [1, 2] }, 2],
      ['missing members vanish', pass('{% {"a": $states.input.no, "b": 1} %}'), {}, { b: 1 }],
      ['infinity is text', pass('{% 1/0 %}'), {}, 'Infinity'],
      ['a seeded random number', pass('{% $random(42) %}'), {}, 0.7275636800328681],
      ['succeed has output too', { Type: 'Succeed', Output: '{% $states.input.x %}' }, { x: 'y' }, 'y'],
      [
        'names of the context',
        pass('{% $states.context.State.Name & $states.context.Execution.Name %}'),
        {},
        'Stest',
      ],
      [
        'a member named __proto__ is data',
        pass('{% $states.input %}'),
        JSON.parse('{"__proto__":1}'),
        JSON.parse('{"__proto__":1}'),
      ],
    ];
  it.each(cases)('%s', async (_, state, input, output) => {
    const result = await runMachine(machine({ S: state }), input);
    expect(result.cause).toBeUndefined();
    expect(result.output).toEqual(output);
    expect(JSON.stringify(result.output)).toBe(JSON.stringify(output));
  });
});

describe('failed evaluations', () => {
  const cases: readonly (readonly [name: string, state: JsonObject, location: string, cause: string])[] = [
    ['undefined', pass({ a: ['{% $states.input.no %}'] }), 'Output/a[0]', 'returned nothing (undefined).'],
    ['a function', pass('{% $string %}'), 'Output', 'returned an unsupported result type.'],
    [
      'a throw',
      pass('{% "a" + 1 %}'),
      'Output',
      'threw an error during evaluation. T2001: The left side of the "+" operator must evaluate to a number',
    ],
    [
      '$eval',
      pass('{% $eval("1") %}'),
      'Output',
      'threw an error during evaluation. T1006: Attempted to invoke a non-function',
    ],
    [
      'a wrong type',
      { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'Z' }] },
      'Choices[0]/Condition',
      "returned an unexpected result type. Expected 'boolean', but was 'number' for value: 1",
    ],
  ];
  it.each(cases)('%s', async (_, state, location, cause) => {
    const states = state['Type'] === 'Choice' ? { S: state, Z: { Type: 'Succeed' } } : { S: state };
    const result = await runMachine(machine(states));
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(result.cause).toMatch(at('S', 2));
    expect(result.cause?.endsWith(`specified for the field '${location}' ${cause}`)).toBe(true);
    const told = result.events.find((event) => event.type === 'EvaluationFailed');
    expect(told).toMatchObject({
      previousEventId: 0,
      evaluationFailedEventDetails: { location, state: 'S' },
    });
  });

  it.each([
    ['endless recursion', '($f := function($n) { $f($n + 1) }; $f(0))'],
    ['deep recursion', '($f := function($n) { 1 + $f($n + 1) }; $f(0))'],
    ['a huge range', '[1..5000000]'],
    ['a deep sum', Array.from({ length: 200 }, () => '1').join('+')],
    ['the prototype', '$states.input.__proto__'],
  ])('%s is bounded', async (_, expression) => {
    const result = await runMachine(machine({ S: pass(`{% ${expression} %}`) }));
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });
});

/** Where AWS draws the line (measured by floci, issue 2737), and its words. */
describe('bounds of evaluation', () => {
  const sum = (terms: number) => Array.from({ length: terms }, () => '1').join('+');
  const doubled = (times: number) =>
    `($p := function($s, $n) { $n = 0 ? $s : $p($s & $s, $n - 1) }; $length($p("x", ${times})))`;
  const memory = 'Expression evaluation memory limit exceeded: Check for excessive memory usage';
  const stack = 'Stack overflow error: Check for non-terminating recursive function.';

  it.each([
    ['numbers', '[1..873782] ~> $count()', 873_782],
    ['characters', doubled(22), 4_194_304],
    ['depth', sum(100), 100],
    ['recursion', '($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(24))', 24],
    [
      'calls side by side',
      `($f := function($n) { $n }; $sum([${Array.from({ length: 150 }, () => '$f(1)')}]))`,
      150,
    ],
    ['recursion in tail position', '($f := function($n) { $n = 0 ? "done" : $f($n - 1) }; $f(500))', 'done'],
  ])('%s may come so far', async (_, expression, output) => {
    expect((await runMachine(machine({ S: pass(`{% ${expression} %}`) }))).output).toBe(output);
  });

  it.each([
    ['numbers', '[1..873783] ~> $count()', memory],
    ['characters', doubled(23), memory],
    ['depth', sum(101), stack],
    ['depth of calls', '($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(60))', stack],
  ])('%s may come no farther', async (_, expression, cause) => {
    const result = await runMachine(machine({ S: pass(`{% ${expression} %}`) }));
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(result.cause).toContain(`threw an error during evaluation: ${cause}`);
  });
});

describe('Choice', () => {
  const rules = [
    { Condition: '{% $states.input.n > 10 %}', Next: 'Big', Output: 'big', Assign: { size: 'b' } },
    { Condition: '{% $states.input.n > 5 %}', Next: 'Middle' },
  ];
  const states = (more: JsonObject): JsonObject =>
    machine({
      S: { Type: 'Choice', Choices: rules, ...more },
      Big: { Type: 'Pass', Output: '{% [$states.input, $size] %}', End: true },
      Middle: { Type: 'Succeed' },
    });

  it('takes the first rule that holds', async () => {
    expect((await runMachine(states({ Default: 'Middle' }), { n: 11 })).output).toEqual(['big', 'b']);
    expect((await runMachine(states({ Default: 'Middle' }), { n: 6 })).output).toEqual({ n: 6 });
  });
  it("uses the state's own Output only for the default", async () => {
    expect((await runMachine(states({ Default: 'Middle', Output: 'none' }), { n: 1 })).output).toBe('none');
  });
  it('fails without a match and a default', async () => {
    expect(await runMachine(states({}), { n: 1 })).toMatchObject({
      status: 'FAILED',
      error: 'States.NoChoiceMatched',
    });
  });
});

describe('Wait', () => {
  it.each([
    [{ Seconds: 3 }, 3000],
    [{ Seconds: '{% $states.input.s %}' }, 7000],
    [{ Timestamp: '1970-01-01T00:01:00Z' }, 60_000],
    [{ Timestamp: '{% $states.input.t %}' }, 5000],
    [{ Timestamp: '1969-01-01T00:00:00Z' }, 0],
  ])('%j', async (how, elapsed) => {
    const result = await runMachine(machine({ W: { Type: 'Wait', End: true, ...how } }), {
      s: 7,
      t: '1970-01-01T00:00:05Z',
    });
    expect(result).toMatchObject({ status: 'SUCCEEDED', elapsed });
  });
});

describe('Fail', () => {
  it('gives its error and cause', async () => {
    const state = { Type: 'Fail', Error: '{% "A." & $states.input %}', Cause: 'why' };
    const result = await runMachine(machine({ F: state }), 'B');
    expect(result).toMatchObject({ status: 'FAILED', error: 'A.B', cause: 'why' });
    expect(typesOf(result)).toEqual(['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed']);
  });
});

describe('Parallel', () => {
  const branch = (states: JsonObject) => machine(states);

  it('runs branches at once and keeps their order', async () => {
    const branches = [3, 1, 2].map((Seconds, i) =>
      branch({ [`W${i}`]: { Type: 'Wait', Seconds, Next: `P${i}` }, [`P${i}`]: pass(Seconds) }),
    );
    const result = await runMachine(machine({ P: { Type: 'Parallel', Branches: branches, End: true } }));
    expect(result).toMatchObject({ output: [3, 1, 2], elapsed: 3000 });
  });

  it('ends the other branches with the first failure and tells of it', async () => {
    const branches = [
      branch({ Slow: { Type: 'Wait', Seconds: 100, End: true } }),
      branch({ W: { Type: 'Wait', Seconds: 1, Next: 'F' }, F: { Type: 'Fail', Error: 'Boom', Cause: 'c' } }),
    ];
    const result = await runMachine(machine({ P: { Type: 'Parallel', Branches: branches, End: true } }));
    expect(result).toMatchObject({ status: 'FAILED', error: 'Boom', cause: 'c', elapsed: 1000 });
    expect(typesOf(result).slice(-4)).toEqual([
      'FailStateEntered',
      'WaitStateAborted',
      'ParallelStateFailed',
      'ExecutionFailed',
    ]);
    const [fail, failed] = ['FailStateEntered', 'ParallelStateFailed'].map(
      (type) => result.events.find((e) => e.type === type)!,
    );
    expect(failed?.previousEventId).toBe(fail?.id);
  });

  it('repeats Started for each retry and writes Failed only at the end', async () => {
    const Retry = [{ ErrorEquals: ['Boom'], MaxAttempts: 2, IntervalSeconds: 1, BackoffRate: 3 }];
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'C', Output: '{% $states.errorOutput %}' }];
    const Branches = [branch({ F: { Type: 'Fail', Error: 'Boom' } })];
    const result = await runMachine(
      machine({ P: { Type: 'Parallel', Branches, Retry, Catch, End: true }, C: { Type: 'Succeed' } }),
    );
    expect(result).toMatchObject({
      status: 'SUCCEEDED',
      output: { Error: 'Boom', Cause: '' },
      elapsed: 4000,
    });
    const types = typesOf(result);
    expect(types.filter((type) => type === 'ParallelStateStarted')).toHaveLength(3);
    expect(types.filter((type) => type === 'ParallelStateFailed')).toHaveLength(1);
  });

  it('sees the attempt in Arguments', async () => {
    const Arguments = { attempt: '{% $states.context.State.RetryCount %}' };
    const Branches = [
      branch({
        C: {
          Type: 'Choice',
          Choices: [{ Condition: '{% $states.input.attempt < 2 %}', Next: 'F' }],
          Default: 'D',
        },
        F: { Type: 'Fail', Error: 'Again' },
        D: { Type: 'Succeed' },
      }),
    ];
    const Retry = [{ ErrorEquals: ['Again'] }];
    const result = await runMachine(
      machine({ P: { Type: 'Parallel', Arguments, Branches, Retry, End: true } }),
    );
    expect(result.output).toEqual([{ attempt: 2 }]);
  });
});

describe('inline Map', () => {
  const map = (states: JsonObject, more: JsonObject): JsonObject =>
    machine({ M: { Type: 'Map', ItemProcessor: machine(states), End: true, ...more } });

  it.each([
    [1, 4000],
    [2, 2000],
    [3, 2000],
    [0, 1000],
  ])('keeps MaxConcurrency %i', async (MaxConcurrency, elapsed) => {
    const wait = { W: { Type: 'Wait', Seconds: 1, End: true } };
    const result = await runMachine(map(wait, { Items: [1, 2, 3, 4], MaxConcurrency }));
    expect(result).toMatchObject({ output: [1, 2, 3, 4], elapsed });
  });

  it('runs 40 iterations at once at most', async () => {
    const wait = { W: { Type: 'Wait', Seconds: 1, End: true } };
    const Items = Array.from({ length: 41 }, (_, i) => i);
    expect(await runMachine(map(wait, { Items, MaxConcurrency: 1000 }))).toMatchObject({ elapsed: 2000 });
  });

  it('gives item and index to the selector', async () => {
    const ItemSelector = {
      v: '{% $states.context.Map.Item.Value %}',
      i: '{% $states.context.Map.Item.Index %}',
      s: '{% $states.input.s %}',
    };
    const result = await runMachine(
      map({ P: { Type: 'Pass', End: true } }, { Items: '{% $states.input.l %}', ItemSelector }),
      { l: ['a', 'b'], s: 1 },
    );
    expect(result.output).toEqual([
      { v: 'a', i: 0, s: 1 },
      { v: 'b', i: 1, s: 1 },
    ]);
  });

  it('chains events of each iteration apart', async () => {
    const result = await runMachine(map({ A: invoke(1) }, { Items: [1, 2] }));
    const byId = new Map(result.events.map((event) => [event.id, event]));
    const origins = result.events
      .filter((event) => event.type === 'TaskStateExited')
      .map((exited) => {
        let event = exited;
        while (event.type !== 'MapIterationStarted') event = byId.get(event.previousEventId)!;
        return event.mapIterationStartedEventDetails?.index;
      });
    expect(origins.sort()).toEqual([0, 1]);
  });

  it('aborts the other iterations when one fails', async () => {
    const states = {
      C: { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 1 %}', Next: 'F' }], Default: 'W' },
      F: { Type: 'Fail', Error: 'Bad' },
      W: { Type: 'Wait', Seconds: 9, End: true },
    };
    const result = await runMachine(map(states, { Items: [0, 1] }));
    expect(result).toMatchObject({ status: 'FAILED', error: 'Bad', elapsed: 0 });
    const types = typesOf(result);
    for (const type of ['MapIterationFailed', 'MapIterationAborted', 'MapStateFailed']) {
      expect(types.filter((one) => one === type)).toHaveLength(1);
    }
  });

  it('tells what the selector gets wrong', async () => {
    const result = await runMachine(
      map({ P: { Type: 'Pass', End: true } }, { Items: [1], ItemSelector: { a: '{% $states.input.no %}' } }),
    );
    expect(result.error).toBe('States.QueryEvaluationError');
    expect(typesOf(result).slice(-4)).toEqual([
      'EvaluationFailed',
      'MapIterationFailed',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
  });
});
