/** Cases in containers, as many as it takes to try everything that any of them asks of an engine. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDocker } from '../lib/engines/docker/engine.ts';
import type { Engine } from '../lib/engines/engine.ts';
import { createCaseDocker } from './support/case-docker.ts';
import { CASE_IMAGE } from './support/case-image.ts';
import { coveringCases } from './support/covering-cases.ts';
import { CASES, expectedOf, prepareCase, runCase } from './support/run-case.ts';

const wantsDocker = process.env['ARGOSY_TEST_DOCKER'] === '1';
const docker = wantsDocker ? await findDocker() : undefined;
if (wantsDocker && docker === undefined)
  throw new Error('ARGOSY_TEST_DOCKER is set, but no Docker Engine answers');

describe.skipIf(docker === undefined)('on Docker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-cases-'));
  let engine: Engine | undefined;
  beforeAll(async () => {
    engine = await createCaseDocker(docker!, folder);
  });
  afterAll(async () => {
    await engine?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const cases = docker === undefined ? [] : coveringCases(readdirSync(CASES));
  test.concurrent.each(cases)('%s', async (name) => {
    const result = await runCase(prepareCase(name, CASE_IMAGE), engine!, join(folder, name));
    expect(result).toEqual(expectedOf(name));
  });
});
