/** Runs suites of every kind, and makes their results alike. */
import type { FoundSuite } from './find-suites.ts';
import type { SuiteOptions, SuiteResult } from './suite.ts';

export async function runSuites(
  suites: readonly FoundSuite[],
  options: SuiteOptions,
  onResult: (result: SuiteResult) => void,
): Promise<readonly SuiteResult[]> {
  const results: SuiteResult[] = [];
  for (const found of suites) {
    const result = await runSuite(found, options);
    results.push(result);
    onResult(result);
  }
  return results;
}

async function runSuite(found: FoundSuite, options: SuiteOptions): Promise<SuiteResult> {
  const { suite, path } = found;
  switch (found.kind) {
    case 'argo-runs': {
      const { runArgoSuite } = await import('./argo-runs.ts');
      return await runArgoSuite(suite, path, options);
    }
    case 'argo-lint': {
      const { runSuite: lint } = await import('./argo-lint.ts');
      return only({ suite, path, ...(await lint(path)) }, options);
    }
    case 'argo-expressions': {
      const { runVectors } = await import('./vectors.ts');
      return { suite, path, ...(await runVectors(path, options)) };
    }
    case 'asl-recorded-on-aws': {
      const { runSuite: replay } = await import('./asl-recorded-on-aws.ts');
      const { passed, failed, skipped, failures } = await replay(path);
      return only({ suite, path, passed, failed, skipped, failures }, options);
    }
  }
}

/** For suites that run as a whole: the failures that are asked for. */
function only(result: SuiteResult, { only: text }: SuiteOptions): SuiteResult {
  if (text === undefined) return result;
  const failures = result.failures.filter((one) => one.case.includes(text));
  return { ...result, failures };
}
