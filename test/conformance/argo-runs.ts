/** The suites of recorded runs: argo-cases, argo-random, argo-upstream. Each case is run here on the process engine. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readYamlValue } from '../../lib/compiler/1-parse/plain-value.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { createProcessEngine } from '../../lib/engines/process/engine.ts';
import { runContextOf } from '../../lib/local/run-context.ts';
import { startLocalRun } from '../../lib/local/run-local.ts';
import { realClock } from '../../lib/runtime/index.ts';
import { folderStore } from '../../lib/store/folder-store.ts';
import { brokenLaws, brokenRunLaws } from '../support/machine-laws.ts';
import { compareRun } from './argo-case.ts';
import { casesOf, isRefusal, isUpstream, prepareCase, type RunCase } from './recorded-runs.ts';
import { runCases, type SuiteOptions, type SuiteResult } from './suite.ts';

/** The longest published example sleeps for two minutes. */
const TIMEOUT_MILLISECONDS = 160_000;

export async function runArgoSuite(suite: string, path: string, options: SuiteOptions): Promise<SuiteResult> {
  const upstream = isUpstream(path);
  const cases = casesOf(path);
  const tools = [join(path, 'images'), join(dirname(path), 'argo-cases', 'images')].filter((one) =>
    existsSync(one),
  );
  const engine = await createProcessEngine({
    toolPaths: tools.slice(0, 1),
    sidecars: !upstream,
    ...(upstream ? { daemons: 'pretend', daemonIp: '10.0.0.1' } : {}),
  });
  try {
    const result = await runCases(cases, (one) => checkCase(one, engine), options);
    return { suite, path, skipped: 0, ...result };
  } finally {
    await engine.close();
  }
}

async function checkCase(one: RunCase, engine: Engine): Promise<string | undefined> {
  try {
    return await Promise.race([
      checkRun(one, engine),
      new Promise<string>((resolve) => {
        setTimeout(() => resolve('did not end in time'), TIMEOUT_MILLISECONDS).unref();
      }),
    ]);
  } catch (thrown) {
    return `threw: ${thrown instanceof Error ? thrown.stack : String(thrown)}`;
  }
}

async function checkRun(one: RunCase, engine: Engine): Promise<string | undefined> {
  const refused = isRefusal(one.expected);
  const prepared = prepareCase(one);
  if ('refused' in prepared) return refused || one.expected.endless ? undefined : prepared.refused;
  const { compiled, start, objects } = prepared;
  const broken = brokenLaws(compiled.machine);
  if (broken.length > 0) return lawless(broken);
  const folder = mkdtempSync(join(tmpdir(), 'argosy-case-'));
  const claims = join(folder, 'claims');
  mkdirSync(claims);
  const abort = new AbortController();
  try {
    const run = startLocalRun({
      compiled,
      run: runContextOf({
        ...start,
        uid: '00000000-0000-4000-8000-000000000000',
        now: Date.now(),
        parameters: {},
      }),
      prefix: 'argosy-',
      clock: realClock(),
      engine,
      blobs: folderStore(join(folder, 'store')),
      objects: async (kind, object) => objects.get(`${kind}/${object}`),
      claims,
      readYaml: readYamlValue,
      signal: abort.signal,
      resumeWhenIdle: true,
    });
    const limit = setTimeout(() => abort.abort(), TIMEOUT_MILLISECONDS - 5000);
    const { status, execution, children } = await run.result;
    clearTimeout(limit);
    const overrun = [execution.events, ...children].flatMap(brokenRunLaws);
    if (overrun.length > 0) return lawless(overrun);
    if (refused && status.phase === one.expected.phase && status.message) return undefined;
    return compareRun(one.expected, status);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function lawless(broken: readonly string[]): string {
  return `breaks what AWS asks for: ${broken.join('\n').slice(0, 2_000)}`;
}
