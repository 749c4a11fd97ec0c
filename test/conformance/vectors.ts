/** The suite of expression vectors: each group is a file of inputs with measured values. */
import { readFileSync } from 'node:fs';
import { VECTOR_GROUPS, type VectorGroup, vectorFile } from './find-suites.ts';
import { runCases, type SuiteOptions, type SuiteResult } from './suite.ts';

type Check = (vector: unknown) => string | undefined;

async function checkOf(group: VectorGroup): Promise<Check> {
  switch (group) {
    case 'template':
      return (await import('./argo-expressions/template.ts')).check;
    case 'expr':
      return (await import('./argo-expressions/expr.ts')).check;
    case 'sprig':
      return (await import('./argo-expressions/sprig.ts')).check;
    case 'when':
      return (await import('./argo-expressions/when.ts')).check;
    case 'depends':
      return (await import('./argo-expressions/depends.ts')).check;
    case 'items':
      return (await import('./argo-expressions/items.ts')).check;
    case 'duration':
      return (await import('./argo-expressions/duration.ts')).check;
    case 'outputs':
      return (await import('./argo-expressions/outputs.ts')).check;
    case 'labelSelector':
      return (await import('./argo-expressions/labelSelector.ts')).check;
    case 'cron':
      return (await import('./argo-expressions/cron.ts')).check;
  }
}

export async function runVectors(
  path: string,
  options: SuiteOptions,
): Promise<Pick<SuiteResult, 'passed' | 'failed' | 'skipped' | 'failures'>> {
  const cases: { readonly name: string; readonly run: () => string | undefined }[] = [];
  for (const group of VECTOR_GROUPS) {
    const file = vectorFile(path, group);
    if (file === undefined) continue;
    const check = await checkOf(group);
    const vectors = JSON.parse(readFileSync(file, 'utf8')) as readonly { readonly id: string }[];
    for (const vector of vectors)
      cases.push({ name: `${group}/${vector.id}`, run: () => guarded(check, vector) });
  }
  const result = await runCases(cases, async (one) => one.run(), options);
  return { ...result, skipped: 0 };
}

function guarded(check: Check, vector: unknown): string | undefined {
  try {
    return check(vector);
  } catch (thrown) {
    return `threw: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`;
  }
}
