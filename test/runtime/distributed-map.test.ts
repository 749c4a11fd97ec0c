import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../lib/asl/json.ts';
import type { ChildExecution, ObjectReader } from '../../lib/runtime/index.ts';
import { ECHO, invoke, machine, payloadOf, runMachine, typesOf } from './run-machine.ts';

const pass: JsonObject = { P: { Type: 'Pass', End: true } };

function distributed(more: JsonObject, states: JsonObject = pass): JsonObject {
  const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
  return machine({
    M: { Type: 'Map', ItemProcessor: { ProcessorConfig, ...machine(states) }, End: true, ...more },
  });
}

function store(objects: Readonly<Record<string, string | Uint8Array>>) {
  const written = new Map<string, string>();
  const reader: ObjectReader = {
    read: async (_, key) => {
      const body = Object.hasOwn(objects, key) ? objects[key] : undefined;
      return typeof body === 'string' ? new TextEncoder().encode(body) : body;
    },
    list: async (_, prefix) =>
      Object.entries(objects)
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, body]) => ({ key, size: body.length, etag: '"e"', lastModified: new Date(5000) })),
    write: async (bucket, key, body) => void written.set(`${bucket}/${key}`, body),
  };
  return { objects: reader, written };
}

const GET = 'arn:aws:states:::s3:getObject';
const LIST = 'arn:aws:states:::s3:listObjectsV2';
const read = (ReaderConfig: JsonObject, Key = 'k'): JsonObject => ({
  ItemReader: { Resource: GET, Arguments: { Bucket: 'b', Key }, ReaderConfig },
});

describe('ItemReader', () => {
  const cases: readonly (readonly [
    name: string,
    config: JsonObject,
    body: string | Uint8Array,
    items: JsonValue,
  ])[] = [
    ['JSON array', { InputType: 'JSON' }, '[1,{"a":2}]', [1, { a: 2 }]],
    [
      'JSON object',
      { InputType: 'JSON' },
      '{"a":1,"b":2}',
      [
        { Key: 'a', Value: 1 },
        { Key: 'b', Value: 2 },
      ],
    ],
    ['JSON pointer', { InputType: 'JSON', ItemsPointer: '/a/b~1c' }, '{"a":{"b/c":[7]}}', [7]],
    ['MaxItems', { InputType: 'JSON', MaxItems: '{% 1 + 1 %}' }, '[1,2,3]', [1, 2]],
    ['JSON lines', { InputType: 'JSONL' }, '{"a":1}\n\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
    [
      'CSV',
      { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' },
      'a,b\r\n1,"x, ""y"""\r\n2,\n',
      [
        { a: '1', b: 'x, "y"' },
        { a: '2', b: '' },
      ],
    ],
    [
      'CSV with given headers',
      { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['x'], CSVDelimiter: 'PIPE' },
      '1|2\n3|4',
      [{ x: '1' }, { x: '3' }],
    ],
    ['gzip', { InputType: 'JSON' }, gzipSync('[5]'), [5]],
  ];
  it.each(cases)('%s', async (_, config, body, items) => {
    const result = await runMachine(distributed(read(config)), {}, ECHO, store({ k: body }));
    expect(result.cause).toBeUndefined();
    expect(result.output).toEqual(items);
    expect(typesOf(result)).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapRunStarted',
      'MapRunSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
    expect(result.events[2]?.mapStateStartedEventDetails).toEqual({ length: 0 });
  });

  it('lists objects, or reads all that are listed', async () => {
    const { objects } = store({ 'p/1': '[1,2]', 'p/2': '[3]', q: '[4]' });
    const list = (ReaderConfig: JsonObject) => ({
      ItemReader: { Resource: LIST, Arguments: { Bucket: 'b', Prefix: 'p/' }, ReaderConfig },
    });
    const listed = await runMachine(distributed(list({})), {}, ECHO, { objects });
    expect(listed.output).toMatchObject([{ Key: 'p/1', Size: 5, LastModified: 5 }, { Key: 'p/2' }]);
    const loaded = await runMachine(
      distributed(list({ InputType: 'JSON', Transformation: 'LOAD_AND_FLATTEN' })),
      {},
      ECHO,
      { objects },
    );
    expect(loaded.output).toEqual([1, 2, 3]);
  });

  it.each([
    ['no such object', read({ InputType: 'JSON' }, 'other')],
    ['no JSON', read({ InputType: 'JSON' })],
    ['pointer to nowhere', read({ InputType: 'JSON', ItemsPointer: '/x' })],
  ])('%s fails the Map Run', async (_, more) => {
    const result = await runMachine(distributed(more), {}, ECHO, store({ k: 'not json' }));
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.ItemReaderFailed' });
    expect(typesOf(result).slice(-3)).toEqual(['MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
  });
});

describe('items', () => {
  it('may be the entries of an object', async () => {
    const ItemSelector = {
      k: '{% $states.context.Map.Item.Key %}',
      v: '{% $states.context.Map.Item.Value %}',
    };
    const result = await runMachine(distributed({ Items: { a: 1 }, ItemSelector }));
    expect(result.output).toEqual([{ k: 'a', v: { Key: 'a', Value: 1 } }]);
  });

  it('are batched by number and by bytes', async () => {
    const batch = (ItemBatcher: JsonObject) =>
      runMachine(distributed({ Items: ['aaaa', 'bbbb', 'cccc'], ItemBatcher }), { n: 2 });
    expect((await batch({ MaxItemsPerBatch: '{% $states.input.n %}', BatchInput: { x: 1 } })).output).toEqual(
      [
        { BatchInput: { x: 1 }, Items: ['aaaa', 'bbbb'] },
        { BatchInput: { x: 1 }, Items: ['cccc'] },
      ],
    );
    expect((await batch({ MaxInputBytesPerBatch: 30 })).output).toEqual([
      { Items: ['aaaa', 'bbbb'] },
      { Items: ['cccc'] },
    ]);
  });
});

describe('children', () => {
  it('are executions of their own, and are heard', async () => {
    const children: ChildExecution[] = [];
    const heard: string[] = [];
    const states = {
      P: {
        Type: 'Pass',
        Output: ['{% $states.context.Execution.Name %}', '{% $states.context.Execution.Input %}'],
        End: true,
      },
    };
    const result = await runMachine(distributed({ Items: ['x', 'y'], Label: 'lab' }, states), {}, ECHO, {
      onChild: (child) => {
        children.push(child);
        return (event) => heard.push(event.type);
      },
    });
    expect(result.output).toEqual(children.map((child, i) => [child.name, ['x', 'y'][i]]));
    expect(children[0]?.executionArn).toContain(':execution:local/lab:');
    expect(heard.filter((type) => type === 'ExecutionSucceeded')).toHaveLength(2);
  });

  it.each([
    [1, 3000],
    [2, 2000],
    [0, 1000],
  ])('keep MaxConcurrency %i', async (MaxConcurrency, elapsed) => {
    const wait = { W: { Type: 'Wait', Seconds: 1, End: true } };
    expect(await runMachine(distributed({ Items: [1, 2, 3], MaxConcurrency }, wait))).toMatchObject({
      elapsed,
    });
  });
});

describe('failed children', () => {
  const states = {
    C: { Type: 'Choice', Choices: [{ Condition: '{% $states.input < 3 %}', Next: 'F' }], Default: 'D' },
    F: { Type: 'Fail', Error: 'Low', Cause: 'c' },
    D: { Type: 'Succeed' },
  };
  it.each([
    [{}, false],
    [{ ToleratedFailureCount: 1 }, false],
    [{ ToleratedFailureCount: 2 }, true],
    [{ ToleratedFailurePercentage: 49 }, false],
    [{ ToleratedFailurePercentage: '{% 50 %}' }, true],
    [{ ToleratedFailureCount: 1, ToleratedFailurePercentage: 90 }, false],
  ])('with %j', async (more, tolerated) => {
    const result = await runMachine(distributed({ Items: [1, 2, 3, 4], ...more }, states));
    if (tolerated) {
      expect(result.output).toEqual([{ Error: 'Low', Cause: 'c' }, { Error: 'Low', Cause: 'c' }, 3, 4]);
      return;
    }
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold' });
    expect(typesOf(result).slice(-3)).toEqual(['MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
  });

  it('end the others', async () => {
    const aborted: unknown[] = [];
    const result = await runMachine(
      distributed({ Items: [1, 2] }, { T: invoke('{% $states.input %}') }),
      {},
      async (request, { clock }) => {
        request.signal.addEventListener('abort', () => aborted.push(payloadOf(request)));
        await clock.sleep(payloadOf(request) === 1 ? 10 : 1000);
        throw new Error('no');
      },
    );
    expect(result.elapsed).toBe(10);
    expect(aborted).toEqual([2]);
  });
});

describe('ResultWriter', () => {
  const writer = (more: JsonObject) => ({
    Resource: 'arn:aws:states:::s3:putObject',
    Arguments: { Bucket: 'b', Prefix: 'out' },
    ...more,
  });

  it('writes files and a manifest, and answers where', async () => {
    const { objects, written } = store({});
    const result = await runMachine(distributed({ Items: [1, 2], ResultWriter: writer({}) }), {}, ECHO, {
      objects,
    });
    const details = (result.output as JsonObject)['ResultWriterDetails'] as JsonObject;
    const manifest = JSON.parse(written.get(`b/${details['Key']}`) ?? '');
    const [file] = manifest.ResultFiles.SUCCEEDED;
    expect(manifest.ResultFiles.FAILED).toEqual([]);
    expect(JSON.parse(written.get(`b/${file.Key}`) ?? '')).toMatchObject([
      { Input: '1', Output: '1', Status: 'SUCCEEDED' },
      { Input: '2', Output: '2' },
    ]);
  });

  it.each([
    [{ Transformation: 'COMPACT', OutputType: 'JSONL' }, '[1]\n[2]\n'],
    [{ Transformation: 'FLATTEN' }, '[1,2]'],
  ])('formats as %j', async (WriterConfig, text) => {
    const { objects, written } = store({});
    await runMachine(distributed({ Items: [[1], [2]], ResultWriter: writer({ WriterConfig }) }), {}, ECHO, {
      objects,
    });
    expect([...written].find(([key]) => key.includes('SUCCEEDED_0'))?.[1]).toBe(text);
  });

  it('may only format', async () => {
    const ResultWriter = { WriterConfig: { Transformation: 'FLATTEN' } };
    expect((await runMachine(distributed({ Items: [[1], [2, 3]], ResultWriter }))).output).toEqual([1, 2, 3]);
  });
});
