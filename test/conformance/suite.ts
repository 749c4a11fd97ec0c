/** What every suite answers. */
export interface SuiteResult {
  readonly suite: string;
  readonly path: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly { readonly case: string; readonly why: string }[];
}

export interface SuiteOptions {
  /** Runs only cases whose name contains this text. */
  readonly only?: string;
  /** How many cases run at once. @default 16 */
  readonly parallel?: number;
  readonly onCase?: (name: string, why: string | undefined) => void;
  /** Where suites run together: does the work once no other suite runs. @default at once */
  readonly alone?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Runs the cases a few at a time; one that fails is run again alone, and passes if it then does. */
export async function runCases<T extends { readonly name: string }>(
  cases: readonly T[],
  check: (one: T) => Promise<string | undefined>,
  options: SuiteOptions,
): Promise<Pick<SuiteResult, 'passed' | 'failed' | 'failures'>> {
  const chosen = cases.filter((one) => options.only === undefined || one.name.includes(options.only));
  const failed: { one: T; why: string }[] = [];
  let passed = 0;
  const queue = [...chosen];
  const worker = async () => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      const why = await check(one);
      if (why === undefined) passed += 1;
      else failed.push({ one, why });
      options.onCase?.(one.name, why);
    }
  };
  await Promise.all(Array.from({ length: options.parallel ?? 16 }, worker));
  const alone = options.alone ?? (async (work) => await work());
  return await alone(async () => {
    const failures: { case: string; why: string }[] = [];
    for (const { one, why } of failed) {
      const again = await check(one);
      if (again === undefined) passed += 1;
      else failures.push({ case: one.name, why: again === why ? why : `${why}\nalone: ${again}` });
    }
    return { passed, failed: failures.length, failures };
  });
}
