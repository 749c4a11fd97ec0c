/** S6, S7, S8, S12, S14 as a whole run shows them. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lint } from '../../lib/compiler/2-analyze/lint.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { createProcessEngine } from '../../lib/engines/process/engine.ts';
import { runForReal } from '../laws/real-run.ts';
import { simulate } from '../laws/simulated-run.ts';

const HEAD =
  'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: wf}\nspec:\n  entrypoint: main\n';

let engine: Engine;
const folder = mkdtempSync(join(tmpdir(), 'argosy-security-'));

beforeAll(async () => {
  engine = await createProcessEngine({});
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(text: string, secrets: Readonly<Record<string, string>> = {}) {
  return await runForReal(text, engine, folder, secrets);
}

test('S8: a secret reaches its container, and neither machine, bundle, history, status nor log', async () => {
  const planted = 'planted-3f9a1c';
  const text = `${HEAD}  templates:
    - name: main
      volumes: [{name: keys, secret: {secretName: mine}}]
      container:
        image: alpine
        command: [sh, -c, 'test "\${#KEY}" = 14 && test "$(cat /keys/key)" = "$KEY"']
        env: [{name: KEY, valueFrom: {secretKeyRef: {name: mine, key: key}}}]
        volumeMounts: [{name: keys, mountPath: /keys}]
`;
  const { status, events, logs, compiled } = await run(text, { key: planted });
  expect(status.phase).toBe('Succeeded');
  const told = [compiled, logs, [...status.nodes], status.globals]
    .map((one) => JSON.stringify(one))
    .join('\n');
  expect(told + JSON.stringify(events)).not.toContain(planted);
});

describe('S6, S7: archives that a step makes', () => {
  const archive = (script: string) => `${HEAD}  templates:
    - name: main
      steps:
        - - {name: make, template: make}
        - - {name: take, template: take, arguments: {artifacts: [{name: in, s3: {bucket: hostile, key: evil.tgz}}]}}
    - name: make
      script:
        image: python
        command: [python3]
        source: |
          import tarfile, io
          t = tarfile.open('/tmp/evil.tgz', 'w:gz')
          def put(name, kind=tarfile.REGTYPE, link=''):
              i = tarfile.TarInfo(name); i.type = kind; i.linkname = link
              data = b'evil'; i.size = len(data) if kind == tarfile.REGTYPE else 0
              t.addfile(i, io.BytesIO(data) if i.size else None)
          ${script}
          t.close()
      outputs:
        artifacts: [{name: out, path: /tmp/evil.tgz, archive: {none: {}}, s3: {bucket: hostile, key: evil.tgz}}]
    - name: take
      inputs: {artifacts: [{name: in, path: /tmp/in}]}
      container: {image: alpine, command: ["true"]}
`;
  const place = join(folder, 'evil');
  test.each([
    ['S6: a path upwards', `put('a'); put('../../../../../../..${place}')`],
    ['S6: an absolute path', `put('a'); put('${place}')`],
    ['S7: a file under a link', `put('a'); put('l', tarfile.SYMTYPE, '${folder}'); put('l/evil')`],
    ['S7: a link that leaves', `put('a'); put('l', tarfile.SYMTYPE, '../../../etc/passwd')`],
    ['S6: a device', `put('a'); put('d', tarfile.CHRTYPE)`],
  ])('%s is an Error of the step, and nothing is written outside', async (_, script) => {
    const { status } = await run(archive(script));
    expect(status.nodes.get('wf[0].make')?.phase).toBe('Succeeded');
    expect(status.nodes.get('wf[1].take')?.phase).toBe('Error');
    expect(existsSync(place)).toBe(false);
  });
});

describe('S12: expressions that would take all time or memory', () => {
  test.each([
    'len(1..100000000)',
    'sprig.repeat(1000000000, "xxxxxxxxxx")',
    'join(map(1..100000, {join(map(1..100000, {"x"}))}))',
    'repeat(repeat(repeat("xxxxxxxxxx", 10000), 10000), 10000)',
    'sprig.regexMatch("(a+)+$", repeat("a", 50000) + "b")',
    'reduce(1..30, #acc + #acc, "xxxxxxxxxx")',
    '2 ** 100000000',
  ])('%s', async (expression) => {
    const text = `${HEAD}  templates:
    - name: main
      steps:
        - - {name: one, template: take, arguments: {parameters: [{name: p, value: ${JSON.stringify(`{{=${expression}}}`)}}]}}
    - name: take
      inputs: {parameters: [{name: p}]}
      container: {image: alpine, command: ["true"]}
`;
    const { status } = await simulate(text);
    expect(['Succeeded', 'Failed', 'Error']).toContain(status.phase);
    expect(JSON.stringify([...status.nodes]).length).toBeLessThan(2_000_000);
  });
});

test('S14: a value pasted into a program is warned of, with the way out; as argument or variable it is not', () => {
  const codes = (container: string) =>
    lint([
      {
        path: 'w.yaml',
        text: `${HEAD}  arguments: {parameters: [{name: p, value: x}]}\n  templates:\n    - {name: main, ${container}}\n`,
      },
    ]).diagnostics.filter(({ code }) => code === 'script-injection');
  const tag = '{{workflow.parameters.p}}';
  const pasted = codes(`container: {image: alpine, command: [sh, -c, 'echo ${tag}']}`);
  expect(pasted).toHaveLength(1);
  expect(pasted[0]?.hint).toContain('env');
  expect(codes(`script: {image: python, command: [python3], source: 'print("${tag}")'}`)).toHaveLength(1);
  expect(codes(`container: {image: alpine, command: [bash], args: [-ec, 'ls ${tag}']}`)).toHaveLength(1);
  expect(codes(`container: {image: alpine, command: [echo, '${tag}']}`)).toEqual([]);
  expect(
    codes(`container: {image: alpine, command: [sh, -c, 'echo $P'], env: [{name: P, value: '${tag}'}]}`),
  ).toEqual([]);
});
