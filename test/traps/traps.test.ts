/**
 * Argo's behaviour where it surprises, a folder each. `expected.json` has the form of the conformance suites:
 * what Argo does, or for a run that Argo never ends `endless`, which here ends and says why. Where Argosy
 * differs on purpose, the comment on top of the workflow says so.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from '../../lib/compiler/1-parse/parse.ts';
import { checkSupport } from '../../lib/compiler/2-analyze/check-support.ts';
import { runArgoSuite } from '../conformance/argo-runs.ts';
import { leftOf, simulate } from '../laws/simulated-run.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const folders = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const whys = new Map<string, string>();

function textOf(folder: string): string {
  return readFileSync(join(root, folder, 'workflow.yaml'), 'utf8');
}

describe('traps', () => {
  beforeAll(async () => {
    const { failures } = await runArgoSuite('traps', root, { parallel: 8 });
    for (const one of failures) whys.set(one.case, one.why);
  }, 120_000);

  test.each(folders)('%s', (folder) => {
    expect(whys.get(folder)).toBeUndefined();
  });

  test('each of the sixty has a folder', () => {
    const numbers = folders.map((name) => Number(name.slice(0, 2)));
    expect(numbers).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
  });
});

test('36: a ttl deletes nothing here, and lint says so', () => {
  const { documents } = parse([{ path: 'workflow.yaml', text: textOf('36-ttl-is-for-deleting') }]);
  const found = checkSupport(documents).map(({ code, message }) => `${code} ${message}`);
  expect(found).toEqual([expect.stringMatching(/^ignored-field ttlStrategy /)]);
});

test('38: each wait is the one before times the factor, up to the cap', async () => {
  const backoff = '{duration: 10s, factor: 3, cap: 60s}';
  const text = textOf('38-max-duration-ends-retries').replace(/backoff: \{.*?\}/, `backoff: ${backoff}`);
  const { milliseconds, status } = await simulate(text, { rules: [{ answers: [{ exitCode: 1 }] }] });
  expect(status.phase).toBe('Failed');
  expect(milliseconds / 1000).toBe(10 + 30 + 60 + 60 + 60);
});

test('60: what succeeded before a retry is not run again', async () => {
  const text = textOf('60-retry-keeps-what-succeeded');
  const first = await simulate(text, { rules: [{ template: 'bad', answers: [{ exitCode: 1 }] }] });
  expect(first.status.phase).toBe('Failed');
  const run: string[] = [];
  const second = await simulate(text, {
    earlier: leftOf(first),
    engine: (engine) => ({
      ...engine,
      runTask: async (request) => {
        const outcome = await engine.runTask(request);
        run.push(outcome.node ?? '');
        return outcome;
      },
    }),
  });
  expect(second.status.phase).toBe('Succeeded');
  expect(run).toEqual([expect.stringMatching(/\[1\]\.poor$/)]);
  expect([...second.status.nodes.keys()].sort()).toEqual([...first.status.nodes.keys()].sort());
});
