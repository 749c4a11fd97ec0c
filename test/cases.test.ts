/**
 * Every folder of cases/ is a small workflow. It keeps the laws that all machines keep, and what becomes of it when it
 * runs stands in its expected.json; `UPDATE=1` rewrites what differs, `CASE=NAME` runs one.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkStateMachine } from '../lib/asl/check.ts';
import { allStates, printStateMachine } from '../lib/asl/print.ts';
import { QUOTAS } from '../lib/asl/quotas.ts';
import type { StateMachine } from '../lib/asl/state-machine.ts';
import type { Compiled } from '../lib/compiler/compile.ts';
import { findDocker } from '../lib/engines/docker/engine.ts';
import type { Engine } from '../lib/engines/engine.ts';
import { createProcessEngine } from '../lib/engines/process/engine.ts';
import type { Prepared } from '../lib/local/prepare.ts';
import { createCaseDocker } from './support/case-docker.ts';
import { CASE_IMAGE } from './support/case-image.ts';
import { CASES, prepareCase, runCase } from './support/run-case.ts';

const only = process.env['CASE'];
const cases = readdirSync(CASES).filter((name) => only === undefined || name === only);

describe('laws of every case', () => {
  test.each(cases)('%s', (name) => {
    const { compiled } = prepareCase(name);
    expect(prepareCase(name).compiled).toEqual(compiled);
    expect(compiled.parts).toEqual({});
    checkLaws(compiled.machine, compiled.origins);
  });
});

function checkLaws(machine: StateMachine, origins: Compiled['origins']): void {
  expect(checkStateMachine(machine)).toEqual([]);
  expect(JSON.parse(printStateMachine(machine))).toEqual(JSON.parse(JSON.stringify(machine)));
  expect(printStateMachine(machine, 0).length).toBeLessThan(QUOTAS.definitionSize);
  expect(validatorFindings(machine)).toBe('');
  for (const [state, { Type }] of allStates(machine)) {
    expect(state.length).toBeLessThanOrEqual(QUOTAS.stateNameLength);
    expect(origins[state], `${Type} ${state} leads back to no template`).toBeDefined();
  }
}

function validatorFindings(machine: unknown): string {
  const validate = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => {
    readonly isValid: boolean;
    readonly errorsText: () => string;
  };
  // AWS takes any JSON value as Output, asl-validator 4 neither null nor arrays (test/asl/check.test.ts).
  const known = (key: string, value: unknown) =>
    key === 'Output' && (value === null || Array.isArray(value)) ? {} : value;
  const { isValid, errorsText } = validate(JSON.parse(JSON.stringify(machine, known)));
  return isValid ? '' : errorsText();
}

const folder = mkdtempSync(join(tmpdir(), 'argosy-cases-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

function checkOn(engine: () => Engine, kind: string, chosen = cases, image?: string): void {
  test.concurrent.each(chosen)('%s', async (name) => {
    const result = await runCase(prepareCase(name, image), engine(), join(folder, kind, name));
    const file = join(CASES, name, 'expected.json');
    const text = `${JSON.stringify(result, undefined, 2)}\n`;
    const isNew = !existsSync(file) && !process.env['CI'];
    if (kind === 'process' && (isNew || process.env['UPDATE'])) writeFileSync(file, text);
    expect(result).toEqual(JSON.parse(readFileSync(file, 'utf8')));
  });
}

describe('on the process engine', () => {
  let engine: Engine | undefined;
  beforeAll(async () => {
    engine = await createProcessEngine();
  });
  afterAll(async () => await engine?.close());
  checkOn(() => engine!, 'process');
});

/** The case in several machines, as if a definition could hold less of it; undefined where it cannot be divided. */
function prepareDivided(name: string): Prepared | undefined {
  const whole = JSON.stringify(prepareCase(name).compiled.machine).length;
  for (const share of [0.9, 1.1, 1.3, 1.5, 1.7]) {
    const divided = prepareCase(name, undefined, Math.floor(whole * share));
    if (Object.keys(divided.compiled.parts).length > 0) return divided;
  }
  return undefined;
}

/** Of each kind of what becomes an execution of its own, cases in which it does. */
const DIVISIBLE = [
  'dag-cross-edges',
  'dag-target-parameter',
  'exit-handler-dag',
  'loop-of-many-in-dag-with-hooks',
  'memoize-steps',
  'steps-nested',
  'template-ref-nested',
];

describe('in several machines', () => {
  let engine: Engine | undefined;
  beforeAll(async () => {
    engine = await createProcessEngine();
  });
  afterAll(async () => await engine?.close());
  test.concurrent.each(cases)('%s', async (name) => {
    const divided = prepareDivided(name);
    if (divided === undefined) return expect(DIVISIBLE).not.toContain(name);
    const { machine, parts, origins } = divided.compiled;
    for (const one of [machine, ...Object.values(parts)]) checkLaws(one, origins);
    const result = await runCase(divided, engine!, join(folder, 'divided', name));
    expect(result).toEqual(JSON.parse(readFileSync(join(CASES, name, 'expected.json'), 'utf8')));
  });
});

/** Of what is only control flow, one case of each kind is enough: the machine is the same. */
function touchesContainers(name: string): boolean {
  const control =
    /^(cron|dag|exit-handler|hook|loop|memoize|mutex|parallelism|recursion|retry|semaphore|steps|template|workflow)/;
  return (
    !control.test(name) ||
    ['dag-diamond', 'steps-sequence', 'loop-items', 'retry-succeeds', 'exit-handler'].includes(name)
  );
}

const wantsDocker = process.env['ARGOSY_TEST_DOCKER'] === '1';
const docker = wantsDocker ? await findDocker() : undefined;
if (wantsDocker && docker === undefined)
  throw new Error('ARGOSY_TEST_DOCKER is set, but no Docker Engine answers');

if (docker !== undefined)
  describe('on Docker', () => {
    let engine: Engine | undefined;
    beforeAll(async () => {
      engine = await createCaseDocker(docker, folder);
    });
    afterAll(async () => await engine?.close());
    checkOn(() => engine!, 'docker', cases.filter(touchesContainers), CASE_IMAGE);
  });
