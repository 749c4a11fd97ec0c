import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { checkStateMachine, hasErrors } from '../../lib/asl/check.ts';
import type { JsonObject, JsonValue } from '../../lib/asl/json.ts';

/** A second opinion; the package has no types. */
const validate = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => {
  readonly isValid: boolean;
};

/** What AWS accepts (documented or recorded) and asl-validator refuses. */
const ONLY_OURS = new Set([
  'null output',
  'empty text',
  'text of several lines',
  'constant condition',
  'choice',
  'text that only looks like an expression',
]);

const end: JsonObject = { Type: 'Succeed' };
const states = (all: JsonObject, more: JsonObject = {}): JsonObject => ({
  QueryLanguage: 'JSONata',
  StartAt: Object.keys(all)[0] ?? '',
  States: all,
  ...more,
});
const one = (state: JsonObject): JsonObject => states({ S: state });
const pass = (more: JsonObject = {}): JsonObject => ({ Type: 'Pass', End: true, ...more });
const task = (more: JsonObject = {}): JsonObject => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'f' },
  End: true,
  ...more,
});
const inner = (all: JsonObject): JsonObject => ({ StartAt: Object.keys(all)[0] ?? '', States: all });
const parallel = (...branches: readonly JsonObject[]): JsonObject => ({
  Type: 'Parallel',
  Branches: branches.map(inner),
  End: true,
});
const map = (more: JsonObject = {}, processor: JsonObject = {}): JsonObject => ({
  Type: 'Map',
  ItemProcessor: { ...inner({ P: pass() }), ...processor },
  End: true,
  ...more,
});
const DISTRIBUTED = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };
const choice = (more: JsonObject = {}): JsonObject =>
  states({ C: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'E' }], ...more }, E: end });
const all = { ErrorEquals: ['States.ALL'] };

describe('right definitions', () => {
  const right: Readonly<Record<string, JsonValue>> = {
    pass: one(pass({ Output: { a: '{% $states.input %}' }, Assign: { x: 1 } })),
    'null output': one(pass({ Output: null })),
    'empty text': one(pass({ Output: { a: '' } })),
    'text of several lines': one(pass({ Output: { a: 'a\nb' } })),
    'wait for a time': one({ Type: 'Wait', Timestamp: '2030-01-01T00:00:00+01:00', End: true }),
    'fail with expressions': one({ Type: 'Fail', Error: '{% $states.input %}' }),
    'sync task': one(
      task({ Resource: 'arn:aws:states:::ecs:runTask.sync', Arguments: { TaskDefinition: 'd' } }),
    ),
    'nested execution': one(
      task({
        Resource: 'arn:aws:states:::states:startExecution.sync:2',
        Arguments: { StateMachineArn: 'a' },
      }),
    ),
    'sdk task': one(task({ Resource: 'arn:aws:states:::aws-sdk:s3:putObject' })),
    'function by ARN': one(task({ Resource: 'arn:aws-cn:lambda:cn-north-1:123456789012:function:f:alias' })),
    'arguments by expression': one(task({ Arguments: '{% $states.input %}' })),
    'result in Output and Assign': one(
      task({ Output: '{% $states.result %}', Assign: { r: '{% $states.result %}' } }),
    ),
    'retry and catch': states({
      T: task({
        Retry: [{ ErrorEquals: ['A'], BackoffRate: 1.5 }, all],
        Catch: [{ ...all, Next: 'E', Output: '{% $states.errorOutput %}' }],
      }),
      E: end,
    }),
    choice: choice({ Default: 'E', Output: 1 }),
    'constant condition': choice({ Choices: [{ Condition: true, Next: 'E' }] }),
    'variables of outer scopes': states({
      A: { Type: 'Pass', Assign: { x: 1 }, Next: 'P' },
      P: parallel({ B: pass({ Output: '{% $x %}' }) }),
    }),
    'same variable in sibling branches': one(
      parallel({ B: pass({ Assign: { x: 1 } }) }, { C: pass({ Assign: { x: 1 } }) }),
    ),
    'inline map': one(map({ Items: [1], ToleratedFailureCount: 1 })),
    'distributed map': one(
      map({ Items: '{% $states.input %}', Label: 'l', ItemBatcher: { MaxItemsPerBatch: 2 } }, DISTRIBUTED),
    ),
    'outer names within distributed children': states({
      A: { Type: 'Pass', Assign: { x: 1 }, Next: 'M' },
      M: map({}, { ...DISTRIBUTED, ...inner({ P: pass({ Assign: { x: 2 } }) }) }),
    }),
    'language of each state': { StartAt: 'S', States: { S: pass({ QueryLanguage: 'JSONata' }) } },
    'text that only looks like an expression': one(pass({ Output: ' {% x %} ' })),
    'names within a predicate': one(pass({ Output: '{% $states.input.l[name = "x"].$string(value) %}' })),
    'names of lambdas': one(pass({ Output: '{% $map($states.input, function($v, $i) { $v + $i }) %}' })),
  };
  it.each(Object.entries(right))('%s', (name, definition) => {
    expect(checkStateMachine(definition)).toEqual([]);
    if (!ONLY_OURS.has(name)) expect(validate(definition).isValid).toBe(true);
  });
});

describe('wrong definitions', () => {
  const long = 'x'.repeat(81);
  const wrong: Readonly<Record<string, readonly [definition: JsonValue, path: string, message: RegExp]>> = {
    'no object': [1, '', /must be an object/],
    'unknown field': [one(pass({ Outputs: 1 })), '/States/S/Outputs', /'Outputs' is not supported/],
    'unknown field of the machine': [states({ S: end }, { Foo: 1 }), '/Foo', /not supported/],
    'JSONPath field': [one(pass({ ResultPath: null })), '/States/S/ResultPath', /query language/],
    'JSONPath state': [one(pass({ QueryLanguage: 'JSONPath' })), '/States/S', /cannot be 'JSONPath'/],
    'JSONPath machine': [{ StartAt: 'S', States: { S: pass() } }, '/States/S', /JSONPath is not supported/],
    'unknown type': [one({ Type: 'Foo', End: true }), '/States/S/Type', /must be one of/],
    'no target': [one({ Type: 'Pass', Next: 'X' }), '/States/S/Next', /Missing 'Next' target: X/],
    'no start': [states({ S: end }, { StartAt: 'X' }), '/StartAt', /Missing 'Next' target: X/],
    'out of its branch': [
      states({ P: parallel({ B: { Type: 'Pass', Next: 'E' } }), E: end }),
      '/States/P/Branches[0]/States/B/Next',
      /Missing/,
    ],
    unreachable: [states({ S: end, T: end }), '/States/T', /"T" is not reachable/],
    'no end': [
      states({ S: { Type: 'Pass', Next: 'T' }, T: { Type: 'Pass', Next: 'S' } }),
      '',
      /no terminal state/,
    ],
    'next and end': [states({ S: pass({ Next: 'E' }), E: end }), '/States/S', /Exactly one of/],
    'neither next nor end': [states({ S: { Type: 'Pass' }, E: end }), '/States/S', /Exactly one of/],
    'end false': [one(pass({ End: false })), '/States/S/End', /must be true/],
    'same name twice': [one(parallel({ S: pass() })), '/States/S/Branches[0]/States/S', /more than once/],
    'long name': [states({ [long]: end }), `/States/${long}`, /1 to 80/],
    'timeout of a map': [one(map({ TimeoutSeconds: 1 })), '/States/S/TimeoutSeconds', /not supported/],
    'timeout of a parallel': [
      one({ ...parallel({ B: pass() }), TimeoutSeconds: 1 }),
      '/States/S/TimeoutSeconds',
      /not supported/,
    ],
    'no condition': [choice({ Choices: [{ Next: 'E' }] }), '/States/C/Choices[0]', /required: \[Condition\]/],
    'no choices': [
      states({ C: { Type: 'Choice', Choices: [], Default: 'E' }, E: end }),
      '/States/C/Choices',
      /less than 1/,
    ],
    'plain condition': [
      choice({ Choices: [{ Condition: 'true', Next: 'E' }] }),
      '/States/C/Choices[0]/Condition',
      /boolean or/,
    ],
    'two waits': [
      one({ Type: 'Wait', Seconds: 1, Timestamp: '2030-01-01T00:00:00Z', End: true }),
      '/States/S',
      /Exactly one of/,
    ],
    'bad timestamp': [
      one({ Type: 'Wait', Timestamp: '2030-01-01', End: true }),
      '/States/S/Timestamp',
      /RFC3339/,
    ],
    'no resource': [one({ Type: 'Task', End: true }), '/States/S', /\[Resource\]/],
    'unknown suffix': [
      one(task({ Resource: 'arn:aws:states:::ecs:runTask.syncc' })),
      '/States/S/Resource',
      /does not support '\.syncc'/,
    ],
    'unknown service': [
      one(task({ Resource: 'arn:aws:states:::foo:bar' })),
      '/States/S/Resource',
      /no known integration/,
    ],
    'no ARN': [one(task({ Resource: 'lambda' })), '/States/S/Resource', /not an ARN/],
    'missing argument': [one(task({ Arguments: {} })), '/States/S', /\[FunctionName\]/],
    'heartbeat over timeout': [
      one(task({ TimeoutSeconds: 5, HeartbeatSeconds: 5 })),
      '/States/S/HeartbeatSeconds',
      /less than/,
    ],
    'negative timeout': [one(task({ TimeoutSeconds: -1 })), '/States/S/TimeoutSeconds', /not between/],
    'expression in a retrier': [
      one(task({ Retry: [{ ...all, MaxAttempts: '{% 1 %}' }] })),
      '/States/S/Retry[0]/MaxAttempts',
      /Integer/,
    ],
    'no error names': [
      one(task({ Retry: [{ ErrorEquals: [] }] })),
      '/States/S/Retry[0]/ErrorEquals',
      /less than 1/,
    ],
    'States.ALL not alone': [
      one(task({ Retry: [{ ErrorEquals: ['States.ALL', 'A'] }] })),
      '/States/S/Retry[0]/ErrorEquals',
      /alone/,
    ],
    'States.ALL not last': [
      one(task({ Retry: [all, { ErrorEquals: ['A'] }] })),
      '/States/S/Retry[0]/ErrorEquals',
      /last/,
    ],
    'small backoff': [
      one(task({ Retry: [{ ...all, BackoffRate: 0.5 }] })),
      '/States/S/Retry[0]/BackoffRate',
      /not between/,
    ],
    jitter: [
      one(task({ Retry: [{ ...all, JitterStrategy: 'SOME' }] })),
      '/States/S/Retry[0]/JitterStrategy',
      /one of/,
    ],
    'reader of an inline map': [
      one(map({ ItemReader: { Resource: 'arn:aws:states:::s3:getObject' } })),
      '/States/S/ItemReader',
      /INLINE/,
    ],
    'distributed without type': [
      one(map({}, { ProcessorConfig: { Mode: 'DISTRIBUTED' } })),
      '/States/S/ItemProcessor/ProcessorConfig',
      /ExecutionType/,
    ],
    'unknown reader': [
      one(map({ ItemReader: { Resource: 'arn:aws:states:::s3:get' } }, DISTRIBUTED)),
      '/States/S/ItemReader/Resource',
      /cannot be read/,
    ],
    syntax: [one(pass({ Output: { v: '{% 1 + %}' } })), '/States/S/Output/v', /no valid JSONata/],
    'operator of a later JSONata': [
      one(pass({ Output: '{% $states.input ?? 1 %}' })),
      '/States/S/Output',
      /no valid JSONata/,
    ],
    'unclosed bracket': [one(pass({ Output: '{% 1' })), '/States/S/Output', /must begin/],
    'bare name': [
      one(pass({ Output: { v: '{% phone %}' } })),
      '/States/S/Output/v',
      /Reference to 'phone' at the top level/,
    ],
    'context item': [one(pass({ Output: '{% $ %}' })), '/States/S/Output', /Reference to '\$'/],
    'root item': [
      one(pass({ Output: '{% $states.input[$$.x = 1] %}' })),
      '/States/S/Output',
      /Reference to '\$\$'/,
    ],
    'errorOutput outside a catcher': [
      one(task({ Output: '{% $states.errorOutput %}' })),
      '/States/S/Output',
      /'\$states.errorOutput'/,
    ],
    'result in Arguments': [
      one(task({ Arguments: { FunctionName: '{% $states.result %}' } })),
      '/States/S/Arguments/FunctionName',
      /'\$states.result'/,
    ],
    'result in a Pass': [
      one(pass({ Output: '{% $states.result %}' })),
      '/States/S/Output',
      /'\$states.result'/,
    ],
    'shadowed variable': [
      states({
        A: { Type: 'Pass', Assign: { x: 1 }, Next: 'P' },
        P: parallel({ B: pass({ Assign: { x: 2 } }) }),
      }),
      '/States/P/Branches[0]/States/B',
      /outer scope/,
    ],
    'reserved variable': [one(pass({ Assign: { states: 1 } })), '/States/S/Assign/states', /reserved/],
    'part of a variable': [one(pass({ Assign: { 'a.b': 1 } })), '/States/S/Assign/a.b', /not a valid name/],
    'too large': [one(pass({ Output: 'x'.repeat(1_048_576) })), '', /characters/],
  };
  it.each(Object.entries(wrong))('%s', (_, [definition, path, message]) => {
    const findings = checkStateMachine(definition).filter((finding) => finding.severity === 'error');
    expect(findings.map((finding) => finding.path)).toContain(path);
    expect(findings.find((finding) => finding.path === path && message.test(finding.message))).toBeDefined();
  });

  it.each([
    ['an unknown function', '{% $nope(1) %}'],
    ['a function that AWS has not', '{% $eval("1") %}'],
    ['a variable that nothing assigns', '{% $nope %}'],
    ['an unknown member of $states', '{% $states.inptu %}'],
  ])('%s is a warning, as AWS accepts it', (_, Output) => {
    const findings = checkStateMachine(one(pass({ Output })));
    expect(findings).toMatchObject([{ severity: 'warning', path: '/States/S/Output', state: 'S' }]);
    expect(hasErrors(findings)).toBe(false);
  });
});

describe('size', () => {
  it('grows the work no faster than the definition', () => {
    const chain = (length: number) => {
      const entries = Array.from({ length }, (_, i) => [
        `s${i}`,
        i + 1 < length ? { Type: 'Pass', Next: `s${i + 1}` } : pass(),
      ]);
      return states(Object.fromEntries(entries));
    };
    expect(checkStateMachine(chain(15_000))).toEqual([]);
  });
  it('is bounded in depth', () => {
    let nested: JsonObject = pass();
    for (let i = 0; i < 300; i++) nested = parallel({ [`n${i}`]: nested });
    expect(hasErrors(checkStateMachine(one(nested)))).toBe(true);
    let value: JsonValue = 1;
    for (let i = 0; i < 2000; i++) value = [value];
    expect(hasErrors(checkStateMachine(one(pass({ Output: value }))))).toBe(true);
  });
});
