/** S11, S12, S15: documents that are broken, enormous or malicious end in diagnostics, never in an exception. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from '../../lib/compiler/1-parse/parse.ts';
import { analyze, type Runnable } from '../../lib/compiler/2-analyze/analyze.ts';
import { checkSupport } from '../../lib/compiler/2-analyze/check-support.ts';
import { lint } from '../../lib/compiler/2-analyze/lint.ts';
import { compileWorkflow } from '../../lib/compiler/compile.ts';
import { renderDiagnostics } from '../../lib/diagnostics/render.ts';

const RUNNABLE = ['Workflow', 'CronWorkflow', 'WorkflowTemplate', 'ClusterWorkflowTemplate'];

/** All that happens to a document before it runs; answers the number of errors. */
function swallow(text: string): number {
  const sources = [{ path: 'hostile.yaml', text }];
  const { diagnostics } = lint(sources);
  const { documents } = parse(sources);
  const all = [...diagnostics, ...checkSupport(documents)];
  for (const document of documents) {
    if (!RUNNABLE.includes(document.kind)) continue;
    const companions = documents.filter((one) => one !== document);
    const analysis = analyze([document as typeof document & Runnable], { mode: 'run', companions });
    all.push(...analysis.diagnostics);
    const [workflow] = analysis.workflows;
    if (workflow === undefined || all.some(({ severity }) => severity === 'error')) continue;
    compileWorkflow(analysis, workflow, { prefix: 'argosy-' });
  }
  renderDiagnostics(all);
  return all.filter(({ severity }) => severity === 'error').length;
}

const traps = fileURLToPath(new URL('../traps/', import.meta.url));
const bases = readdirSync(traps, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => readFileSync(`${traps}${name}/workflow.yaml`, 'utf8'));

const WEIRD = [
  'null',
  '[]',
  '{}',
  '1e999',
  '"{{"',
  '"{{="',
  '"{{=1+"',
  '"{{{{a}}"',
  '-1',
  '99999999999999999999',
  'true',
  '[[[]]]',
  '{a: {b: []}}',
  '""',
  '.nan',
  '!!binary aGk=',
  '&a [*a]',
  `"${'x'.repeat(3000)}"`,
  `"{{=${'('.repeat(600)}}}"`,
  '"{{inputs.parameters.}}"',
  '__proto__',
  '[null]',
  '"\\0"',
  '"{{item.}}"',
];

function numbers(start: number): (below: number) => number {
  let state = start >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Cuts, repeats, moves and replaces parts of a valid document. */
function mutated(seed: number): string {
  const next = numbers(seed * 7919 + 1);
  let text = bases[next(bases.length)] ?? '';
  for (let round = next(3); round >= 0; round -= 1) {
    const lines = text.split('\n');
    const at = next(lines.length);
    const values = [...text.matchAll(/: ([^,{}[\]\n]+)/g)];
    const value = values[next(values.length || 1)];
    const weird = WEIRD[next(WEIRD.length)] ?? '';
    switch (next(6)) {
      case 0:
        text = text.slice(0, next(text.length));
        break;
      case 1:
        text = lines.toSpliced(at, 1).join('\n');
        break;
      case 2:
        text = lines.toSpliced(next(lines.length), 0, lines[at] ?? '').join('\n');
        break;
      case 3:
        if (value)
          text = `${text.slice(0, value.index)}: ${weird}${text.slice(value.index + value[0].length)}`;
        break;
      case 4:
        text = `${text.slice(0, at * 7)}${String.fromCharCode(next(128))}${text.slice(at * 7 + 1)}`;
        break;
      default:
        text = lines.with(at, ' '.repeat(next(4)) + (lines[at] ?? '')).join('\n');
    }
  }
  return text;
}

describe('S11: parsers are total', () => {
  test('200 documents, each broken in another way', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const text = mutated(seed);
      expect(() => swallow(text), text).not.toThrow();
    }
  });

  const head = 'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: w}\n';
  test.each([
    ['nothing', ''],
    ['a NUL', '\0'],
    ['a byte order mark alone', '\uFEFF'],
    ['half a surrogate', `${head}spec: {entrypoint: "\uD800"}`],
    ['a scalar', '42'],
    ['a list', '- 1\n- 2'],
    ['null metadata', 'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: null\nspec: null'],
    ['a kind that is a list', 'apiVersion: argoproj.io/v1alpha1\nkind: [Workflow]\nspec: {}'],
    ['templates that are a text', `${head}spec: {entrypoint: m, templates: none}`],
    ['null templates', `${head}spec: {entrypoint: m, templates: [null, null]}`],
    [
      'a template of itself',
      `${head}spec: {entrypoint: m, templates: [{name: m, steps: [[{name: m, template: m, inline: {}}]]}]}`,
    ],
    ['a list within itself', `${head}spec: &a {entrypoint: m, templates: [*a]}`],
    ['a key that is a map', `${head}spec: {? {a: b} : c}`],
    ['keys of prototypes', `${head}__proto__: {a: 1}\nconstructor: {prototype: 2}\nspec: {toString: 1}`],
    ['a foreign tag', `${head}spec: !!js/function "function () {}"`],
    ['tabs', `${head}spec:\n\tentrypoint: m`],
  ])('%s', (_, text) => {
    expect(swallow(text)).toBeGreaterThan(0);
  });
});

describe('S12, S15: bounded before they are used', () => {
  const levels = Array.from(
    { length: 12 },
    (_, at) => `a${at + 1}: &a${at + 1} [${Array(9).fill(`*a${at}`).join(', ')}]`,
  );
  test.each([
    ['aliases of aliases', `a0: &a0 [x]\n${levels.join('\n')}`],
    [
      'merges of merges',
      `a0: &a0 {x: 1}\n${levels.join('\n').replace(/\[/g, '{<<: [').replace(/\]$/gm, ']}')}`,
    ],
    ['deep lists', '['.repeat(100_000)],
    ['deep maps', Array.from({ length: 5000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
    ['deep flow maps', '{a: '.repeat(50_000)],
    ['more text than is read', `# ${'x'.repeat(17_000_000)}`],
    ['more documents than are read', '---\na: 1\n'.repeat(5000)],
    [
      'one endless line of anchors',
      `[${Array.from({ length: 20_000 }, (_, at) => `&x${at} ${at}`).join(', ')}]`,
    ],
    [
      'an endless tag',
      `apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: "${'{{'.repeat(50_000)}"}`,
    ],
  ])('%s', (_, text) => {
    expect(swallow(text)).toBeGreaterThan(0);
  });

  const run = (field: string) => `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: w}
spec:
  entrypoint: main
  templates:
    - name: main
      dag: {tasks: [{name: a, template: t}, {name: b, template: t, ${field}}]}
    - {name: t, container: {image: alpine, command: ["true"]}}
`;
  test.each([
    ['depends in depth', run(`depends: "${'('.repeat(20_000)}a${')'.repeat(20_000)}"`)],
    ['depends at length', run(`depends: "${'a && '.repeat(50_000)}a"`)],
    ['when in depth', run(`when: "${'('.repeat(50_000)}1 == 1${')'.repeat(50_000)}"`)],
    ['an expression in depth', run(`when: "{{=${'['.repeat(20_000)}1${']'.repeat(20_000)}}}"`)],
    ['an expression at length', run(`when: "{{=${'1 + '.repeat(100_000)}1}} == 1"`)],
    [
      'a tag in a tag in a tag',
      run(`when: "${'{{workflow.parameters.'.repeat(3000)}a${'}}'.repeat(3000)} == 1"`),
    ],
  ])('%s', (_, text) => {
    expect(() => swallow(text)).not.toThrow();
  });
});

test('S9: control characters of a document do not reach the terminal', () => {
  const text =
    'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: w}\nspec:\n  "\u001b[2J\u001b]0;x\u0007": 1\n  entrypoint: "\u009b31m"\n';
  const { diagnostics } = lint([{ path: 'w.yaml', text }]);
  expect(diagnostics.length).toBeGreaterThan(0);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(renderDiagnostics([...diagnostics])).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});
