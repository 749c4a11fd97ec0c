/** What a leaf does on one engine and what it is said to do on the mock must give the same tree, outputs included. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, isTaskFailure } from '../../lib/engines/engine.ts';
import { createProcessEngine } from '../../lib/engines/process/engine.ts';
import type { Outcome } from '../../lib/protocol/outcome.ts';
import type { RunStatus } from '../../lib/status/status.ts';
import { runForReal } from './real-run.ts';
import { simulate } from './simulated-run.ts';

const traps = fileURLToPath(new URL('../traps/', import.meta.url));
/** Those without daemons, deadlines and the like, which the mock cannot be told of beforehand. */
const chosen = /^(01|03|05|08|10|12|14|15|16|20|21|22|28|34|35|40|41|45|47|48|53|55|56)-/;
const cases = readdirSync(traps).filter((name) => chosen.test(name));
const folder = mkdtempSync(join(tmpdir(), 'argosy-agree-'));
let engine: Engine;

beforeAll(async () => {
  engine = await createProcessEngine({});
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

type Ending = { readonly outcome: Outcome } | { readonly failure: unknown };

function recording(endings: Map<string, Ending>): Engine {
  return {
    ...engine,
    runTask: async (request) => {
      const { node } = request.spec;
      try {
        const outcome = await engine.runTask(request);
        endings.set(node, { outcome });
        return outcome;
      } catch (failure) {
        if (isTaskFailure(failure)) endings.set(node, { failure });
        throw failure;
      }
    },
  };
}

function treeOf({ nodes }: RunStatus) {
  return [...nodes]
    .map(([name, { type, phase, inputs, outputs, children }]) => ({
      name,
      type,
      phase,
      inputs: inputs?.parameters ?? {},
      outputs: outputs?.parameters ?? {},
      result: outputs?.result ?? '',
      children: [...children].sort(),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

test.concurrent.each(cases)('%s', async (name) => {
  const text = readFileSync(join(traps, name, 'workflow.yaml'), 'utf8');
  const endings = new Map<string, Ending>();
  const real = await runForReal(text, recording(endings), folder);
  const mocked = await simulate(text, {
    engine: (mock) => ({
      ...mock,
      runTask: async (request) => {
        const { node } = request.spec;
        const ending = endings.get(node);
        if (ending === undefined) throw new Error(`${node} did not run before`);
        if ('failure' in ending) throw ending.failure;
        return ending.outcome;
      },
    }),
  });
  expect(mocked.status.phase).toBe(real.status.phase);
  expect(treeOf(mocked.status)).toEqual(treeOf(real.status));
});
