/** The runner of the lint suite tells right from wrong, shown on a suite of its own. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runSuite } from '../../conformance/argo-lint.ts';

test('verdicts are compared, and missing files skipped', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'argo-lint-'));
  try {
    const head = 'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec:\n';
    const good = `${head}  entrypoint: a\n  templates: [{name: a, suspend: {}}]\n`;
    const bad = `${head}  templates: [{name: a, suspend: {}}]\n`;
    writeFileSync(join(folder, 'good.yaml'), good);
    writeFileSync(join(folder, 'bad.yaml'), bad);
    const expectations = [
      { file: 'good.yaml', valid: true },
      { file: 'bad.yaml', valid: false, message: 'spec.entrypoint is required' },
      { file: 'bad.yaml', valid: true },
      { file: 'good.yaml', valid: false, message: 'why' },
      { file: 'missing.yaml', valid: true },
    ];
    writeFileSync(join(folder, 'expected.json'), JSON.stringify(expectations));
    expect(await runSuite(folder)).toEqual({
      passed: 2,
      failed: 2,
      skipped: 1,
      failures: [
        { case: 'bad.yaml', why: 'Argo accepts it; we say: the workflow has no entrypoint' },
        { case: 'good.yaml', why: 'Argo refuses it: why' },
      ],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
