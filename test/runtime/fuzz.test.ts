import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../lib/asl/json.ts';
import {
  createTokens,
  loadMachine,
  runExecution,
  type TaskRequest,
  taskError,
  virtualClock,
} from '../../lib/runtime/index.ts';

const names = fc.constantFrom('A', 'B', 'C', 'Z', '__proto__', 'constructor');
const expression = fc.constantFrom(
  '{% $states.input %}',
  '{% $x %}',
  '{% $states.result %}',
  '{% [1, 2] %}',
  '{% 1/0 %}',
  '{% { "a": $x } %}',
  '{% $string %}',
  '{% broken( %}',
  '{% true %}',
  '{% 3 %}',
  '{%',
  'text',
);
const value = fc.oneof(
  { weight: 3, arbitrary: expression },
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>,
);
const type = fc.constantFrom('Pass', 'Task', 'Choice', 'Wait', 'Succeed', 'Fail', 'Parallel', 'Map', 'Other');
const resource = fc.constantFrom(
  'arn:aws:states:::lambda:invoke',
  'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
  'arn:aws:states:::ecs:runTask.sync',
  'arn:aws:lambda:us-east-1:123456789012:function:f',
  'nothing',
);
const rule = fc.record(
  { Condition: value, Next: names, Output: value, ErrorEquals: fc.constant(['States.ALL']) },
  { requiredKeys: [] },
);

const { machine } = fc.letrec<{ readonly machine: unknown; readonly state: unknown }>((tie) => ({
  machine: fc.record(
    {
      QueryLanguage: fc.constant('JSONata'),
      StartAt: names,
      States: fc.dictionary(names, tie('state'), { minKeys: 1, maxKeys: 4 }),
      TimeoutSeconds: fc.constantFrom(1, 5, -1),
    },
    { requiredKeys: ['QueryLanguage', 'StartAt', 'States'] },
  ),
  state: fc.oneof(
    { maxDepth: 2 },
    fc.record(
      { Type: fc.constantFrom('Pass', 'Succeed', 'Fail'), End: fc.constant(true) },
      { requiredKeys: ['Type'] },
    ),
    fc.record(
      {
        Type: type,
        Next: names,
        End: fc.constant(true),
        Output: value,
        Assign: fc.dictionary(fc.constantFrom('x', 'y', 'states', 'a-b'), value, { maxKeys: 2 }),
        Arguments: value,
        Resource: resource,
        Choices: fc.array(rule, { maxLength: 2 }),
        Catch: fc.array(rule, { maxLength: 1 }),
        Retry: fc.array(rule, { maxLength: 1 }),
        Default: names,
        Seconds: value,
        Items: value,
        MaxConcurrency: value,
        Branches: fc.array(tie('machine'), { maxLength: 2 }),
        ItemProcessor: tie('machine'),
      },
      { requiredKeys: ['Type'] },
    ),
  ),
}));

/** Loads and, where that works, runs; answers whether it ran. */
async function tryOut(definition: JsonValue, input: JsonValue): Promise<boolean> {
  const loaded = loadMachine(definition);
  if (!loaded.ok) {
    expect(loaded.findings.length).toBeGreaterThan(0);
    return false;
  }
  const clock = virtualClock(0);
  const tokens = createTokens();
  const run = async (request: TaskRequest) => {
    if (request.taskToken !== undefined) tokens.sendTaskSuccess(request.taskToken, null);
    if (clock.now() % 3 === 1) throw taskError('Unlucky');
    await clock.sleep(7);
    return request.arguments;
  };
  const result = await runExecution(loaded.machine, { input, name: 'fuzz', clock, tasks: { run }, tokens });
  expect(result.events.at(-1)?.type).toMatch(/^Execution(Succeeded|Failed|TimedOut)$/);
  expect(result.events.map((event) => event.id)).toEqual(result.events.map((_, i) => i + 1));
  for (const event of result.events) expect(event.previousEventId).toBeLessThan(event.id);
  JSON.stringify(result.events);
  return true;
}

it('no definition crashes the loader', async () => {
  const definitions = fc.oneof(machine, fc.jsonValue()) as fc.Arbitrary<JsonValue>;
  await fc.assert(
    fc.asyncProperty(definitions, fc.jsonValue() as fc.Arbitrary<JsonValue>, async (definition, input) => {
      await tryOut(definition, input);
    }),
    { numRuns: 2000 },
  );
});

interface Step {
  readonly kind: 'Pass' | 'Task' | 'Wait' | 'Parallel' | 'Map' | 'Distributed';
  readonly value: JsonValue;
  readonly recovers: boolean;
  readonly blocks: readonly (readonly Step[])[];
}

const sound = fc.constantFrom<JsonValue>(
  ...[
    '{% $states.input %}',
    '{% $exists($x) ? $x : 0 %}',
    '{% [1, 2] %}',
    '{% $states.input.a %}',
    '{% "a" + 1 %}',
  ],
  ...['{% $states.context %}', 'text', { deep: ['{% $states.context.State %}'] }, [1, 2, 3], null],
);

const { block } = fc.letrec<{ readonly block: readonly Step[]; readonly step: Step }>((tie) => ({
  block: fc.array(tie('step'), { minLength: 1, maxLength: 3 }),
  step: fc.record({
    kind: fc.constantFrom('Pass', 'Task', 'Wait', 'Parallel', 'Map', 'Distributed'),
    value: sound,
    recovers: fc.boolean(),
    blocks: fc.oneof(
      { maxDepth: 2, depthSize: 'small' },
      fc.constant([]),
      fc.array(tie('block'), { maxLength: 2 }),
    ),
  }),
}));

/** A chain of states whose names no other block uses. */
function assemble(steps: readonly Step[], names: { next: number }): JsonObject {
  const own = steps.map(() => `s${names.next++}`);
  const states = steps.map((step, i) => {
    const next = own[i + 1];
    const ending: JsonObject = next === undefined ? { End: true } : { Next: next };
    return [
      own[i]!,
      { ...bodyOf(step, names), ...ending, ...(next && step.recovers ? recovery(step, next) : {}) },
    ];
  });
  return { StartAt: own[0]!, States: Object.fromEntries(states) as JsonObject };
}

function recovery(step: Step, next: string): JsonObject {
  if (step.kind === 'Pass' || step.kind === 'Wait') return {};
  const all = { ErrorEquals: ['States.ALL'] };
  return {
    Retry: [{ ...all, MaxAttempts: 2 }],
    Catch: [{ ...all, Next: next, Output: '{% $states.errorOutput %}' }],
  };
}

function bodyOf(step: Step, names: { next: number }): JsonObject {
  const holds = step.kind === 'Parallel' || step.kind === 'Map' || step.kind === 'Distributed';
  const blocks = !holds
    ? []
    : (step.blocks.length > 0 ? step.blocks : [[PLAIN]]).map((inner) => assemble(inner, names));
  switch (step.kind) {
    case 'Task':
      return {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:s3:putObject',
        Arguments: step.value,
        TimeoutSeconds: 3,
      };
    case 'Wait':
      return { Type: 'Wait', Seconds: 2 };
    case 'Parallel':
      return { Type: 'Parallel', Branches: blocks, Arguments: step.value };
    case 'Map':
      return {
        Type: 'Map',
        Items: [1, '{% $states.input %}'],
        ItemSelector: step.value,
        ItemProcessor: blocks[0]!,
      };
    case 'Distributed': {
      const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
      return {
        Type: 'Map',
        Items: [1, 2],
        ToleratedFailureCount: 1,
        ItemProcessor: { ProcessorConfig, ...blocks[0] },
      };
    }
    default:
      return { Type: 'Pass', Output: step.value };
  }
}

const PLAIN: Step = { kind: 'Pass', value: '{% $states.input %}', recovers: false, blocks: [] };

it('every sound definition loads and runs to an end', async () => {
  await fc.assert(
    fc.asyncProperty(block, fc.jsonValue() as fc.Arbitrary<JsonValue>, async (steps, input) => {
      const definition = { QueryLanguage: 'JSONata', ...assemble(steps, { next: 0 }) };
      expect(await tryOut(definition, input)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
