/** A folder for what CDK copies while a construct is made. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The folder is gone when `use` returns, which must have copied what it needs. */
export function inTemporaryFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-cdk-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same for one file. */
export function withTemporaryFile<T>(name: string, text: string, use: (path: string) => T): T {
  return inTemporaryFolder((folder) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return use(path);
  });
}
