/** The number of passing cases below which a suite must not fall. */
import type { SuiteResult } from './suite.ts';

export type Floors = Readonly<Record<string, number>>;

export function floorFaults(results: readonly SuiteResult[], floors: Floors): readonly string[] {
  return Object.entries(floors).flatMap(([suite, floor]) => {
    const found = results.filter((result) => result.suite === suite);
    if (found.length === 0) return [`${suite}: not found, though it has a floor of ${floor}`];
    const passed = found.reduce((sum, one) => sum + one.passed, 0);
    return passed >= floor ? [] : [`${suite}: ${passed} passed, below its floor of ${floor}`];
  });
}
