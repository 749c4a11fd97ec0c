/** Compares our verdict on each manifest of a folder with that of Argo's own linter. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lint } from '../../lib/compiler/2-analyze/lint.ts';

export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly { readonly case: string; readonly why: string }[];
}

interface Expectation {
  readonly file: string;
  readonly valid: boolean;
  readonly message?: string;
}

/** Passes: the same verdict, and where it is «not valid» an error that points at a place. */
export async function runSuite(path: string): Promise<SuiteResult> {
  const expectations = JSON.parse(
    readFileSync(join(path, 'expected.json'), 'utf8'),
  ) as readonly Expectation[];
  const failures: { case: string; why: string }[] = [];
  let skipped = 0;
  for (const expectation of expectations) {
    if (!existsSync(join(path, expectation.file))) {
      skipped++;
      continue;
    }
    const why = judge(path, expectation);
    if (why !== undefined) failures.push({ case: expectation.file, why });
  }
  const failed = failures.length;
  return { passed: expectations.length - failed - skipped, failed, skipped, failures };
}

function judge(path: string, { file, valid, message }: Expectation): string | undefined {
  const text = readFileSync(join(path, file), 'utf8');
  const result = lint([{ path: file, text }]);
  const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
  if (valid) {
    if (result.valid) return undefined;
    return `Argo accepts it; we say: ${errors.map((error) => error.message).join(' · ')}`;
  }
  if (result.valid) return `Argo refuses it: ${message ?? 'without a word'}`;
  const isPlaced = errors.some(({ span }) => span !== undefined && span.end >= span.start);
  return isPlaced ? undefined : 'no error points at a place';
}
