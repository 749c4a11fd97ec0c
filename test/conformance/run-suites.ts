/** Runs suites of every kind, and makes their results alike. */
import type { FoundSuite } from './find-suites.ts';
import type { SuiteOptions, SuiteResult } from './suite.ts';

/**
 * What only computes goes first, since it would keep recorded runs from what they wait for; runs wait for most of their
 * time, so that their suites run together.
 */
export async function runSuites(
  suites: readonly FoundSuite[],
  options: SuiteOptions,
  onResult: (result: SuiteResult) => void,
): Promise<readonly SuiteResult[]> {
  const results: SuiteResult[] = [];
  const run = async (found: FoundSuite, alone?: SuiteOptions['alone']) => {
    const result = await runSuite(found, { ...options, ...(alone && { alone }) });
    results.push(result);
    onResult(result);
  };
  for (const found of suites) if (found.kind !== 'argo-runs') await run(found);
  const together = suites.filter((one) => one.kind === 'argo-runs');
  const alone = afterAll(together.length);
  await Promise.all(together.map((found) => run(found, alone)));
  return results;
}

/** Does work, one after another, once so many have asked for theirs. */
function afterAll(count: number): NonNullable<SuiteOptions['alone']> {
  const { promise: all, resolve } = withResolvers();
  let asked = 0;
  let last: Promise<unknown> = all;
  return async (work) => {
    const mine = last.then(work);
    last = mine;
    asked += 1;
    if (asked === count) resolve();
    return await mine;
  };
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
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
