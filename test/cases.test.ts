/**
 * Every folder of cases/ is a small workflow. It keeps the laws that all machines keep, and what becomes of it when it
 * runs stands in its expected.json; `UPDATE=1` rewrites what differs, `CASE=NAME` runs one.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allStates, printStateMachine } from '../lib/asl/print.ts';
import type { StateMachine } from '../lib/asl/state-machine.ts';
import type { Compiled } from '../lib/compiler/compile.ts';
import type { Engine } from '../lib/engines/engine.ts';
import { createProcessEngine } from '../lib/engines/process/engine.ts';
import type { Prepared } from '../lib/local/prepare.ts';
import { brokenLaws } from './support/machine-laws.ts';
import { CASES, expectedOf, prepareCase, runCase } from './support/run-case.ts';

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
  expect(JSON.parse(printStateMachine(machine))).toEqual(JSON.parse(JSON.stringify(machine)));
  expect(brokenLaws(machine)).toEqual([]);
  for (const [state, { Type }] of allStates(machine))
    expect(origins[state], `${Type} ${state} leads back to no template`).toBeDefined();
}

const folder = mkdtempSync(join(tmpdir(), 'argosy-cases-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

let engine: Engine | undefined;
beforeAll(async () => {
  engine = await createProcessEngine();
});
afterAll(async () => await engine?.close());

describe('on the process engine', () => {
  test.concurrent.each(cases)('%s', async (name) => {
    const result = await runCase(prepareCase(name), engine!, join(folder, name));
    const file = join(CASES, name, 'expected.json');
    const isNew = !existsSync(file) && !process.env['CI'];
    if (isNew || process.env['UPDATE']) writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
    expect(result).toEqual(expectedOf(name));
  });
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
  test.concurrent.each(cases)('%s', async (name) => {
    const divided = prepareDivided(name);
    if (divided === undefined) return expect(DIVISIBLE).not.toContain(name);
    const { machine, parts, origins } = divided.compiled;
    for (const one of [machine, ...Object.values(parts)]) checkLaws(one, origins);
    const result = await runCase(divided, engine!, join(folder, 'divided', name));
    expect(result).toEqual(expectedOf(name));
  });
});
