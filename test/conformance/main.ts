/** `npm run conformance -- DIR...`: runs every suite that it finds below the folders, and says how many cases pass. */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type FoundSuite, findSuites } from './find-suites.ts';
import { type Floors, floorFaults } from './floors.ts';
import { runSuites } from './run-suites.ts';
import type { SuiteResult } from './suite.ts';

const USAGE = `Usage: npm run conformance -- [--verbose] [--only TEXT] [--suite NAME] [--json] [--floor FILE] [--jobs N] DIR...`;

interface Flags {
  readonly verbose?: boolean;
  readonly json?: boolean;
  readonly only?: string;
  readonly suite?: string;
  readonly floor?: string;
  readonly jobs?: string;
}

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      verbose: { type: 'boolean' },
      json: { type: 'boolean' },
      only: { type: 'string' },
      suite: { type: 'string' },
      floor: { type: 'string' },
      jobs: { type: 'string' },
    },
  });
  const flags: Flags = values;
  const missing = positionals.find((path) => !existsSync(path));
  if (positionals.length === 0 || missing !== undefined) {
    console.error(missing === undefined ? USAGE : `there is no folder ${missing}\n${USAGE}`);
    return 2;
  }
  const suites = findSuites(positionals).filter(
    (one) => flags.suite === undefined || one.suite === flags.suite,
  );
  if (suites.length === 0) {
    console.error(`no suite was found below ${positionals.join(', ')}`);
    return 2;
  }
  const results = await runAll(suites, flags);
  if (!flags.json) {
    const sum = (count: (result: SuiteResult) => number) => results.reduce((all, one) => all + count(one), 0);
    console.error(`all suites: ${sum((one) => one.passed)} passed, ${sum((one) => one.failed)} failed`);
  }
  if (flags.floor === undefined) return 0;
  const faults = floorFaults(results, JSON.parse(readFileSync(flags.floor, 'utf8')) as Floors);
  for (const fault of faults) console.error(fault);
  return faults.length === 0 ? 0 : 1;
}

async function runAll(suites: readonly FoundSuite[], flags: Flags): Promise<readonly SuiteResult[]> {
  const options = {
    ...(flags.only === undefined ? {} : { only: flags.only }),
    ...(flags.jobs === undefined ? {} : { parallel: Number(flags.jobs) }),
  };
  return await runSuites(suites, options, (result) => {
    if (flags.json) console.log(JSON.stringify(result));
    else say(result, flags.verbose === true);
  });
}

function say(result: SuiteResult, verbose: boolean): void {
  const skipped = result.skipped === 0 ? '' : `, ${result.skipped} skipped`;
  console.log(`${result.suite}: ${result.passed} passed, ${result.failed} failed${skipped}`);
  if (!verbose) return;
  for (const failure of result.failures) console.log(`  ✖ ${failure.case}\n${indent(failure.why)}`);
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
}

main(process.argv.slice(2)).then(
  // Whatever a case left behind must not keep the program from ending.
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    process.exit(2);
  },
);
