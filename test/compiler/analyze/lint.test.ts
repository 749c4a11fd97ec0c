/**
 * Verdicts of the whole front end that a folder of test/rejects cannot show: several files, modes, order,
 * sizes.
 */

import { describe, expect, test } from 'vitest';
import { parse } from '../../../lib/compiler/1-parse/parse.ts';
import { analyze } from '../../../lib/compiler/2-analyze/analyze.ts';
import { lint } from '../../../lib/compiler/2-analyze/lint.ts';

const header = (kind: string, name: string) =>
  `apiVersion: argoproj.io/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec:\n`;

const echo = `    - name: echo
      inputs: {parameters: [{name: text}]}
      container: {image: alpine, command: [echo], args: ["{{inputs.parameters.text}}"]}
`;

const start = `${header('Workflow', 'w')}  entrypoint: main\n  templates:\n`;

const codes = (...texts: readonly string[]) =>
  lint(texts.map((text, index) => ({ path: `${index}.yaml`, text }))).diagnostics.map(({ code }) => code);

const errors = (text: string) =>
  lint([{ path: 'w', text }])
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ code }) => code);

describe('several files', () => {
  const library =
    `${header('WorkflowTemplate', 'lib')}  arguments: {parameters: [{name: a, value: x}]}\n` +
    `  entrypoint: echo\n  templates:\n${echo}`;
  const caller = `${header('Workflow', 'w')}  workflowTemplateRef: {name: lib}\n`;

  test('refer to each other in any order', () => {
    const own = `${caller}  arguments: {parameters: [{name: text, value: hi}]}\n`;
    expect(codes(own, library)).toEqual([]);
    expect(codes(library, own)).toEqual([]);
    expect(codes(own)).toEqual(['unknown-template-ref']);
    expect(codes(caller, library)).toEqual(['missing-argument']);
  });

  test('of another namespace are not found', () => {
    const other = library.replace('{name: lib}', '{name: lib, namespace: other}');
    expect(codes(caller, other)).toEqual(['unknown-template-ref']);
  });

  test('companions are looked up and not checked', () => {
    const text = `${caller}  arguments: {parameters: [{name: text, value: hi}]}\n`;
    const { documents } = parse([{ path: 'w', text }]);
    const { documents: companions } = parse([{ path: 'lib', text: `${library}    - {name: broken}\n` }]);
    const { diagnostics, workflows, spans } = analyze(documents, { companions });
    expect(diagnostics.map(({ code }) => code)).toEqual(['no-template-type']);
    const [workflow] = workflows;
    expect(workflow?.spec.arguments?.parameters).toEqual([
      { name: 'text', value: 'hi' },
      { name: 'a', value: 'x' },
    ]);
    expect(workflow?.spec.templates?.[0]?.name).toBe('echo');
    expect(spans.of(workflow!.spec).source.path).toBe('w');
    expect(spans.of(workflow!.spec.templates![0]!).source.path).toBe('lib');
  });
});

describe('modes', () => {
  const text =
    `${header('Workflow', 'w')}  entrypoint: main\n  arguments: {parameters: [{name: a}]}\n` +
    '  templates: [{name: main, suspend: {}}]\n';

  test('a parameter may lack a value when linted, not when run', () => {
    const { documents } = parse([{ path: 'w', text }]);
    expect(analyze(documents).diagnostics).toEqual([]);
    expect(analyze(documents, { mode: 'run' }).diagnostics.map(({ code }) => code)).toEqual([
      'missing-value',
    ]);
  });

  test.each([
    ['is not there', '', ['missing-value']],
    ['lacks the label', 'metadata: {name: m}\ndata: {k: v}\n', ['missing-value']],
    ['lacks the key', 'metadata: {name: m, labels: {LABEL: Parameter}}\ndata: {}\n', ['missing-value']],
    ['has it', 'metadata: {name: m, labels: {LABEL: Parameter}}\ndata: {k: v}\n', []],
  ])('a ConfigMap that an argument comes from must be there when run: it %s', (_, map, codes) => {
    const from = text.replace('{name: a}', '{name: a, valueFrom: {configMapKeyRef: {name: m, key: k}}}');
    const object = map.replace('LABEL', 'workflows.argoproj.io/configmap-type');
    const companion = object === '' ? '' : `---\napiVersion: v1\nkind: ConfigMap\n${object}`;
    const { documents } = parse([{ path: 'w', text: from + companion }]);
    expect(analyze(documents).diagnostics).toEqual([]);
    expect(analyze(documents, { mode: 'run' }).diagnostics.map(({ code }) => code)).toEqual(codes);
  });

  test('warnings can be left out', () => {
    const warned = text.replace('suspend: {}', 'suspend: {duration: soon}');
    const { documents } = parse([{ path: 'w', text: warned }]);
    expect(analyze(documents).diagnostics.map(({ severity }) => severity)).toEqual(['warning']);
    expect(analyze(documents, { warnings: false }).diagnostics).toEqual([]);
  });

  test('unknown fields and repeated keys warn where reading is not strict', () => {
    const lax = text.replace('entrypoint: main', 'entrypoint: x\n  entrypoint: main\n  extra: 1');
    const { documents, diagnostics } = parse([{ path: 'w', text: lax }], { strict: false });
    expect(diagnostics.map(({ code }) => code)).toEqual(['repeated-key', 'unread-field']);
    expect(documents[0]?.value).toMatchObject({ spec: { entrypoint: 'main' } });
  });
});

describe('what is visible', () => {
  const steps = (body: string) => `${start}${echo}    - name: main\n      steps:\n${body}`;
  const step = (name: string, value: string, more = '') =>
    `        - - name: ${name}\n            template: echo\n` +
    `            arguments: {parameters: [{name: text, value: "${value}"}]}\n${more}`;

  test.each([
    ['an earlier step', step('a', 'x') + step('b', '{{steps.a.outputs.result}}'), []],
    ['a later step', step('a', '{{steps.b.outputs.result}}') + step('b', 'x'), ['unknown-variable']],
    ['the step itself', step('a', '{{steps.a.outputs.result}}'), ['unknown-variable']],
    ['an item', step('a', '{{item}}', '            withItems: [1]\n'), []],
    ['a member of an item', step('a', '{{item.x}}', '            withItems: [{x: 1}]\n'), []],
    [
      'a member that no item has',
      step('a', '{{item.y}}', '            withItems: [{x: 1}]\n'),
      ['unknown-variable'],
    ],
    ['any member of what is computed', step('a', '{{item.y}}', "            withParam: '[]'\n"), []],
    ['no loop', step('a', '{{item.y}}'), ['unknown-variable']],
    ['a global that nothing writes', step('a', '{{workflow.outputs.parameters.g}}'), ['unknown-variable']],
    ['an expression', step('a', '{{=steps.zzz.outputs.result}}'), []],
    ['other words', step('a', '{{hello.world}} {{ x }} {{'), []],
    ['a tag without an end', step('a', '{{inputs.parameters.x'), ['unknown-variable']],
    ['other words without an end', step('a', '{{x', '            when: "true"\n'), ['unknown-variable']],
    [
      'other words before the ends of two maps',
      step('a', '{{x', '            continueOn: {error: true}\n'),
      [],
    ],
    ['an expression without an end', step('a', '{{=1 + 1}'), ['unknown-variable']],
  ] as const)('%s', (_, body, expected) => {
    expect(codes(steps(body))).toEqual(expected);
  });

  test('a global output is visible after its writer', () => {
    const writer = `    - name: write
      container: {image: alpine}
      outputs: {parameters: [{name: o, valueFrom: {path: /o}, globalName: g}]}
`;
    const call = '        - - {name: w, template: write}\n';
    const read = step('r', '{{workflow.outputs.parameters.g}}');
    const workflow = (body: string) => steps(body).replace('    - name: main', `${writer}    - name: main`);
    expect(codes(workflow(call + read))).toEqual([]);
    expect(codes(workflow(read + call))).toEqual(['unknown-variable']);
  });
});

describe('names that are tags', () => {
  const named = (names: readonly string[], input = '{name: x, value: text}') =>
    `${start}${echo}    - name: main\n      inputs: {parameters: [${input}]}\n` +
    '      steps:\n        - - name: a\n            template: echo\n            arguments:\n' +
    `              parameters: [${names.map((name) => `{name: "${name}", value: v}`).join(', ')}]\n`;

  test.each([
    ['of an input', ['{{inputs.parameters.x}}'], []],
    ['within a name', ['te{{workflow.name}}', 'text'], []],
    ['of an expression', ["{{=inputs.parameters['x']}}"], []],
    ['of an expression that is not worked out', ['{{=lower(workflow.name)}}', 'text'], []],
    ['of an expression without variables', ["{{='te'}}", 'text'], []],
    ['of an expression that gives no name', ["{{='a b'}}", 'text'], ['invalid-name']],
    ['of an expression that fails', ['{{=inputs.parameters.y}}', 'text'], ['invalid-name']],
    ['of nothing', ['{{x}}', 'text'], ['invalid-name']],
    ['of a value that is taken', ['{{inputs.parameters.x}}', 'text'], ['duplicate-name']],
  ] as const)('%s', (_, names, expected) => {
    expect(errors(named(names))).toEqual(expected);
  });

  test('of a value that is no name', () => {
    const input = "{name: x, value: 'a b'}";
    expect(errors(named(['text', '{{inputs.parameters.x}}'], input))).toEqual(['invalid-name']);
  });
});

describe('tags without an end', () => {
  const main = (body: string, value = 'v') =>
    `${header('Workflow', 'w')}  entrypoint: main\n  arguments: {parameters: [{name: g, value: "${value}"}]}\n` +
    `  templates:\n    - {name: say, container: {image: alpine}}\n    - name: main\n      ${body}\n`;
  const step = (more: string) => main(`steps: [[{name: a, template: say, ${more}}]]`);
  const task = (more: string) => main(`dag: {tasks: [{name: a, template: say, ${more}}]}`);
  const supplied = (more: string) =>
    main(
      `{suspend: {}, outputs: {parameters: [{name: o, valueFrom: {supplied: {}, default: "{{x"}${more}}]}}`,
    ).replace('- name: main\n      {', '- {name: main, ');

  test.each([
    ['a condition of a task', task('when: "{{x"'), ['unknown-variable']],
    ['a condition before onExit', task('when: "{{x", onExit: say'), ['unknown-variable']],
    ['a condition before the end of two maps', task('when: "{{x", hooks: {exit: {template: say}}'), []],
    ['an end in another text', task('when: "{{x", onExit: "{{steps.b.status}}"'), []],
    ['a variable without an end', task('when: "{{item", hooks: {exit: {template: say}}'), []],
    [
      'a variable before an end elsewhere',
      task('when: "{{item.", hooks: {exit: {template: say}}'),
      ['unknown-variable'],
    ],
    ['a condition of the last step', step('when: "{{x"'), ['unknown-variable']],
    ['a default of an output', supplied(''), []],
    ['a default before a global name', supplied(', globalName: g'), ['unknown-variable']],
    ['a source', main('script: {image: alpine, source: "{{x"}'), []],
    [
      'a source before a deadline',
      main('{activeDeadlineSeconds: 5, script: {image: alpine, source: "{{x"}}').replace(
        '- name: main\n      {',
        '- {name: main, ',
      ),
      ['unknown-variable'],
    ],
    ['an expression in a source', main('script: {image: alpine, source: "{{=1"}'), ['unknown-variable']],
    [
      'a value of the run',
      main('steps: [[{name: a, template: say, when: "{{workflow.parameters.g}}"}]]', '{{x'),
      ['unknown-variable'],
    ],
    ['a value of the run in a container', main('container: {image: "{{workflow.parameters.g}}"}', '{{x'), []],
  ] as const)('%s', (_, text, expected) => {
    expect(errors(text)).toEqual(expected);
  });
});

describe('what Argo reads in its own way', () => {
  const step = (more: string) => `${start}${echo}    - name: main\n      steps: [[${more}]]\n`;
  const cron = (zone: string) =>
    `${header('CronWorkflow', 'c')}  schedules: ['0 0 * * *']\n  timezone: ${zone}\n` +
    '  workflowSpec: {entrypoint: main, templates: [{name: main, suspend: {}}]}\n';
  const empty = (more: string) => `${start}    - {name: main, steps: [], ${more}}\n`;
  const given = '{parameters: [{name: text, value: v}]}';
  const ref = 'templateRef: {name: lib, template: t}';
  const writer =
    '    - name: write\n      container: {image: alpine}\n' +
    '      outputs: {parameters: [{name: o, valueFrom: {path: /o}, globalName: g}]}\n';

  test.each([
    [
      'a field in capitals within a step',
      step(`{name: a, template: echo, ARGUMENTS: ${given}}`),
      ['unknown-field', 'missing-argument'],
    ],
    [
      'a field in capitals deeper in a step',
      step('{name: a, template: echo, arguments: {Parameters: [{NAME: text, value: v}]}}'),
      [],
    ],
    [
      'a field in capitals of a task',
      `${start}${echo}    - {name: main, dag: {tasks: [{name: a, template: echo, arguments: {Parameters: []}}]}}\n`,
      ['unknown-field', 'missing-argument'],
    ],
    [
      'an inline template beside a reference to nowhere',
      step(`{name: a, ${ref}, inline: {suspend: {}}}`),
      ['unknown-template-ref'],
    ],
    ['no steps, and a deadline', empty('activeDeadlineSeconds: 5'), []],
    ['no steps, and a limit', empty('parallelism: 1'), ['misplaced-field']],
    ['a time zone', cron('America/Los_Angeles'), []],
    ['a time zone in capitals', cron('AMERICA/LOS_ANGELES'), ['invalid-schedule']],
    [
      'a version with a part too many',
      header('Workflow', 'w').replace('v1alpha1', 'v1/alpha1'),
      ['wrong-type'],
    ],
    [
      'a name that a later step brings',
      `${start}${writer}    - name: main\n      steps: [[{name: a, template: write}], [{name: "{{workflow.outputs.parameters.g}}", template: write}]]\n`,
      ['invalid-name'],
    ],
    [
      'a target that an expression gives',
      `${start}${echo}    - {name: main, dag: {target: "{{='a'}}", tasks: [{name: a, inline: {suspend: {}}}]}}\n`,
      [],
    ],
    [
      'a target that an expression does not give',
      `${start}${echo}    - {name: main, dag: {target: "{{=x}}", tasks: [{name: a, inline: {suspend: {}}}]}}\n`,
      ['unknown-target'],
    ],
  ] as const)('%s', (_, text, expected) => {
    expect(errors(text).toSorted()).toEqual([...expected].sort());
  });
});

describe('tags in values', () => {
  const run = (argument: string, input: string, more = '') =>
    `${header('Workflow', 'w')}  entrypoint: main\n  arguments: {${argument}}\n  templates:\n` +
    `    - name: main\n      inputs: {${input}}\n      container: {image: alpine}\n${more}`;
  const item = 'value: "{{item.x}}"';

  test.each([
    ['an argument', run(`parameters: [{name: a, ${item}}]`, 'parameters: [{name: a}]')],
    [
      'a key of a ConfigMap',
      run(
        'parameters: [{name: a, valueFrom: {configMapKeyRef: {name: m, key: "{{item.x}}"}}}]',
        'parameters: [{name: a}]',
      ),
    ],
    [
      'an address of an artifact',
      run('artifacts: [{name: a, http: {url: "{{item.x}}"}}]', 'artifacts: [{name: a, path: /a}]'),
    ],
    ['a value that an input may have', run('', 'parameters: [{name: a, value: b, enum: ["{{item.x}}"]}]')],
    [
      'what a condition reads',
      run(`parameters: [{name: a, ${item}}]`, 'parameters: [{name: a}]').replace(
        'container: {image: alpine}',
        'steps: [[{name: s, inline: {suspend: {}}, when: "{{inputs.parameters.a}}"}]]',
      ),
    ],
  ])('%s', (_, text) => {
    expect(errors(text)).toEqual(['unknown-variable']);
    expect(errors(text.replace('{{item.x}}', 'x'))).toEqual([]);
  });
});

describe('labels for all pods', () => {
  const labelled = (label: string, template: string) =>
    `${header('Workflow', 'w')}  entrypoint: main\n  podMetadata: {labels: {a: "${label}"}}\n` +
    `  templates:\n    - name: main\n${template}`;
  const pod = '      container: {image: alpine}\n';

  test.each([
    ['a variable of the run', '{{workflow.name}}', pod, []],
    ['a result of a step', '{{steps.a.outputs.result}}', pod, ['unknown-variable']],
    ['an input', '{{inputs.parameters.x}}', pod, ['unknown-variable']],
    [
      'an input that is there',
      '{{inputs.parameters.x}}',
      `      inputs: {parameters: [{name: x, value: v}]}\n${pod}`,
      [],
    ],
    ['a label that the template has', '{{item.x}}', `      metadata: {labels: {a: b}}\n${pod}`, []],
    ['an inline template', '{{item.x}}', '      steps: [[{name: a, inline: {suspend: {}}}]]\n', []],
  ] as const)('%s', (_, label, template, expected) => {
    expect(errors(labelled(label, template))).toEqual(expected);
  });
});

test.each([
  ['9223372036854775807', []],
  ['-0', []],
  ['9223372036854775808', ['invalid-deadline']],
] as const)('a deadline is a number of 64 bits: %s', (deadline, expected) => {
  const main = `    - {name: main, activeDeadlineSeconds: "${deadline}", container: {image: alpine}}\n`;
  expect(errors(start + main)).toEqual(expected);
});

describe('the order of tasks', () => {
  const task = (name: string, needs: readonly string[], value: string) =>
    `          - {name: ${name}, template: echo, dependencies: [${needs.join(', ')}], ` +
    `arguments: {parameters: [{name: text, value: "${value}"}]}}\n`;
  const dag = (tasks: string) => `${start}${echo}    - name: main\n      dag:\n        tasks:\n${tasks}`;

  test('a far ancestor counts, a stranger does not', () => {
    const chain = Array.from({ length: 200 }, (_, index) =>
      task(`t${index}`, index ? [`t${index - 1}`] : [], 'x'),
    ).join('');
    expect(codes(dag(chain + task('end', ['t199'], '{{tasks.t0.outputs.result}}')))).toEqual([]);
    expect(codes(dag(chain + task('end', ['t100'], '{{tasks.t101.outputs.result}}')))).toEqual([
      'missing-dependency',
    ]);
    expect(codes(dag(chain + task('end', ['t100'], '{{tasks.t3.status}}')))).toEqual([]);
    expect(codes(dag(chain + task('end', ['t100'], '-{{tasks.t101.status}}')))).toContain('unknown-variable');
  });

  test('a circle is told once, with its members', () => {
    const text = dag(
      task('a', ['c'], 'x') + task('b', ['a'], 'x') + task('c', ['b'], 'x') + task('d', ['c'], 'x'),
    );
    const { diagnostics } = lint([{ path: 'w', text }]);
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'these tasks wait for each other: a → c → b → a',
    ]);
  });
});

test('a template that calls itself is checked once', () => {
  const body = '    - name: main\n      steps:\n        - - {name: again, template: main}\n';
  const text = `${header('Workflow', 'w')}  entrypoint: main\n  templates:\n${body}`;
  const { documents } = parse([{ path: 'w', text }]);
  const { diagnostics, workflows } = analyze(documents);
  expect(diagnostics).toEqual([]);
  const [main] = workflows[0]!.spec.templates!;
  expect([...workflows[0]!.calls.get(main!)!]).toEqual([main]);
});

test('a chain of a thousand templates does not overflow the stack', () => {
  const templates = Array.from(
    { length: 1000 },
    (_, index) => `    - {name: t${index}, steps: [[{name: a, template: t${index + 1}}]]}\n`,
  ).join('');
  const head = `${header('Workflow', 'w')}  entrypoint: t0\n  templates:\n`;
  const text = `${head}${templates}    - {name: t1000, suspend: {}}\n`;
  expect(codes(text)).toEqual([]);
});
