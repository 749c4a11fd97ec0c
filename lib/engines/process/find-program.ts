/** Looks a program up as `exec.LookPath` of Argo's executor does, in the container's own view. */
import { stat } from 'node:fs/promises';
import { posix } from 'node:path';

import type { RootView } from './root-view.ts';

export type Lookup = { readonly path: string } | { readonly error: string };

export async function findProgram(
  name: string,
  path: string,
  workingDir: string,
  locate: RootView['locate'],
): Promise<Lookup> {
  const quoted = JSON.stringify(name);
  if (name.includes('/')) {
    const full = posix.resolve(workingDir, name);
    const mode = await modeOf(full, locate);
    if (mode === undefined) return { error: `exec: ${quoted}: stat ${name}: no such file or directory` };
    return mode === 'program' ? { path: full } : { error: `exec: ${quoted}: permission denied` };
  }
  for (const folder of path.split(':')) {
    const full = posix.join(folder === '' ? workingDir : posix.resolve(workingDir, folder), name);
    if ((await modeOf(full, locate)) === 'program') return { path: full };
  }
  return { error: `exec: ${quoted}: executable file not found in $PATH` };
}

async function modeOf(path: string, locate: RootView['locate']): Promise<'program' | 'other' | undefined> {
  const host = await locate(path);
  const info = host === undefined ? undefined : await stat(host).catch(() => undefined);
  if (info === undefined) return undefined;
  return info.isFile() && (info.mode & 0o111) !== 0 ? 'program' : 'other';
}
