/** Measured runs: on the clock of the machine, or on a virtual one where nothing is run. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readYamlValue } from '../../lib/compiler/1-parse/plain-value.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { createMockEngine, type MockRule } from '../../lib/engines/mock-engine.ts';
import { type Prepared, prepareRun } from '../../lib/local/prepare.ts';
import { runContextOf } from '../../lib/local/run-context.ts';
import { type LocalRunResult, startLocalRun } from '../../lib/local/run-local.ts';
import { type Clock, realClock, virtualClock } from '../../lib/runtime/index.ts';
import { folderStore } from '../../lib/store/folder-store.ts';
import { memoryStore } from '../../lib/store/memory-store.ts';

export function prepared(text: string): Prepared {
  const preparation = prepareRun([{ path: 'bench.yaml', text }], { suffix: 'bench', prefix: 'argosy-' });
  if (preparation.prepared === undefined)
    throw new Error(`does not compile: ${preparation.diagnostics[0]?.message}`);
  return preparation.prepared;
}

/** Nothing is run; leaves take as long as the rules say, on a clock that does not wait. */
export async function simulate(workflow: Prepared, rules: readonly MockRule[]): Promise<LocalRunResult> {
  const clock = virtualClock(Date.UTC(2030, 0, 1));
  const engine = createMockEngine({ rules, sleep: clock.sleep });
  return await start(workflow, engine, clock, undefined);
}

export async function runFor(workflow: Prepared, engine: Engine): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-bench-'));
  const began = performance.now();
  try {
    const { status } = await start(workflow, engine, realClock(), folder);
    if (status.phase !== 'Succeeded')
      throw new Error(`${workflow.name}: ${status.phase} ${status.message ?? ''}`);
    return performance.now() - began;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function start(
  workflow: Prepared,
  engine: Engine,
  clock: Clock,
  folder: string | undefined,
): Promise<LocalRunResult> {
  const claims = join(folder ?? tmpdir(), 'claims');
  if (folder !== undefined) mkdirSync(claims);
  const { analyzed, document, name, compiled, objects } = workflow;
  const run = startLocalRun({
    compiled,
    run: runContextOf({
      name,
      namespace: 'default',
      uid: '00000000-0000-4000-8000-000000000000',
      now: clock.now(),
      metadata: document.value.metadata,
      spec: analyzed.spec,
      arguments: analyzed.arguments,
      parameters: {},
    }),
    prefix: 'argosy-',
    clock,
    engine,
    blobs: folder === undefined ? memoryStore() : folderStore(join(folder, 'store')),
    objects,
    claims,
    readYaml: readYamlValue,
    resumeAtOnce: folder === undefined,
  });
  return await run.result;
}
