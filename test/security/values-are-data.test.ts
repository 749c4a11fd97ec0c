/** S1: a value never becomes a key, a node, an argument or a tag, wherever it travels. */
import { expect, test } from 'vitest';
import type { MockAnswer } from '../../lib/engines/mock-engine.ts';
import type { TaskSpec } from '../../lib/protocol/task-spec.ts';
import { simulate } from '../laws/simulated-run.ts';

const hostile = [
  '"}], "args": ["evil"], "x": [{"y": "',
  '{{workflow.name}}',
  '{{=1 + 1}}',
  '{{inputs.parameters.other}}',
  '{% $states.input %}',
  "'; rm -rf /; '",
  '\\u0022, "command": ["sh"]',
  '__proto__',
  '{"__proto__": {"polluted": true}}',
  '$(touch /tmp/evil) `id`',
  'line one\nline two',
];

const WORKFLOW = (middle: string) => `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  templates:
    - name: main
      steps:
        - - {name: maker, template: maker}
        ${middle}
    - name: maker
      container: {image: alpine, command: ["true"]}
      outputs: {parameters: [{name: p, valueFrom: {path: /tmp/p}}]}
    - name: taker
      inputs: {parameters: [{name: value}, {name: other, value: secret}]}
      container:
        image: alpine
        command: [echo, 'got {{inputs.parameters.value}}']
        env: [{name: VALUE, value: '{{inputs.parameters.value}}'}]
`;

async function specsOf(text: string, answer: MockAnswer) {
  const specs: TaskSpec[] = [];
  const run = await simulate(text, {
    rules: [{ template: 'maker', answers: [answer] }],
    engine: (mock) => ({
      ...mock,
      runTask: async (request) => {
        specs.push(request.spec);
        return await mock.runTask(request);
      },
    }),
  });
  return { run, takers: specs.filter((one) => one.template === 'taker') };
}

function mainOf(spec: TaskSpec | undefined) {
  const main = spec?.containers.find((one) => one.name === 'main');
  return { command: main?.command, env: main?.env.find((one) => one.name === 'VALUE') };
}

test.each(hostile)('S1: an output reaches its reader as it is: %j', async (value) => {
  const pass = 'arguments: {parameters: [{name: value, value: "{{steps.maker.outputs.parameters.p}}"}]}';
  const text = WORKFLOW(`- - {name: taker, template: taker, ${pass}}`);
  const { run, takers } = await specsOf(text, { parameters: { p: value } });
  expect(run.status.phase).toBe('Succeeded');
  expect([...run.status.nodes.keys()].sort()).toEqual(['wf', 'wf[0]', 'wf[0].maker', 'wf[1]', 'wf[1].taker']);
  expect(mainOf(takers[0])).toMatchObject({ command: ['echo', `got ${value}`], env: { value } });
});

test.each(hostile)('S1: an item of a list that was made reaches its step as it is: %j', async (value) => {
  const pass = 'arguments: {parameters: [{name: value, value: "{{item.v}}"}]}';
  const each = `withParam: "{{steps.maker.outputs.parameters.p}}"`;
  const text = WORKFLOW(`- - {name: taker, template: taker, ${pass}, ${each}}`);
  const items = JSON.stringify([{ v: value }, { v: 'plain' }]);
  const { run, takers } = await specsOf(text, { parameters: { p: items } });
  expect(run.status.phase).toBe('Succeeded');
  expect(takers).toHaveLength(2);
  // Argo keeps the JSON escapes of texts in maps (trap 27), and so do we: they are text, too.
  const escaped = JSON.stringify(value).slice(1, -1);
  const commands = takers.map((one) => mainOf(one).command);
  expect(commands).toContainEqual(['echo', 'got plain']);
  expect([
    [`echo`, `got ${value}`],
    ['echo', `got ${escaped}`],
  ]).toContainEqual(commands.find((one) => one?.[1] !== 'got plain'));
});

test('S1: a value that Argo cannot put into JSON ends the group in Error, here as there', async () => {
  const pass = 'arguments: {parameters: [{name: value, value: "{{steps.maker.outputs.parameters.p}}"}]}';
  const text = WORKFLOW(`- - {name: taker, template: taker, ${pass}}`);
  const { run, takers } = await specsOf(text, { parameters: { p: '\u0000\u001b[31mred' } });
  expect(run.status.nodes.get('wf[1]')?.phase).toBe('Error');
  expect(takers).toEqual([]);
});

test('S1: keys that mean something to JavaScript stay keys of data', async () => {
  const pass = 'arguments: {parameters: [{name: value, value: "{{=toJson(item)}}"}]}';
  const text = WORKFLOW(
    `- - {name: taker, template: taker, ${pass}, withParam: "{{steps.maker.outputs.parameters.p}}"}`,
  );
  const items = '[{"__proto__": {"polluted": 1}, "constructor": "c", "a": 1}]';
  const { run } = await specsOf(text, { parameters: { p: items } });
  expect(['Succeeded', 'Failed', 'Error']).toContain(run.status.phase);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
