/**
 * Every folder beside this file holds a workflow and exactly what is said about it; `UPDATE=1` rewrites what
 * differs.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkSupport, type SupportOptions } from '../../lib/compiler/2-analyze/check-support.ts';
import { lint } from '../../lib/compiler/2-analyze/lint.ts';
import { catalogue } from '../../lib/diagnostics/catalogue.ts';
import { sortDiagnostics } from '../../lib/diagnostics/collector.ts';
import { renderDiagnostics } from '../../lib/diagnostics/render.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const folders = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Found only in input that is too large to be kept in a folder, or that is not read strictly. */
const withoutFolder = ['too-large', 'repeated-key'];

/** The runtime that a folder is about, where it is not that of a laptop. */
const surroundings: Readonly<Record<string, SupportOptions>> = {
  'invalid-query': { cluster: { runsByDefault: false } },
  'refused-flag': { cluster: { runsByDefault: false } },
  'no-cluster': { isAws: true },
};

function diagnose(folder: string) {
  const text = readFileSync(join(root, folder, 'workflow.yaml'), 'utf8');
  const { documents, diagnostics } = lint([{ path: 'workflow.yaml', text }]);
  return sortDiagnostics([...diagnostics, ...checkSupport(documents, surroundings[folder])]);
}

describe('rejects', () => {
  test.each(folders)('%s', (folder) => {
    const diagnostics = diagnose(folder);
    const drawn = renderDiagnostics(diagnostics);
    const path = join(root, folder, 'diagnostics.txt');
    if (process.env['UPDATE'] && existsSync(path)) writeFileSync(path, drawn);
    expect(drawn).toBe(readFileSync(path, 'utf8'));
    expect(diagnostics.map(({ code }) => code)).toContain(folder);
    for (const { span } of diagnostics) expect(span && span.end > span.start).toBe(true);
  });

  test('every code has a folder', () => {
    expect([...folders, ...withoutFolder].sort()).toEqual(Object.keys(catalogue).sort());
  });
});
