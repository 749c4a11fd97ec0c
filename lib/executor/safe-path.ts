/** Places names from outside below a folder, never following a link (S6, S7 of Argo's advisories on archives). */
import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

export class UnsafePathError extends Error {}

/** The parts of an archive entry's name below the folder it is unpacked to. */
export function entryParts(name: string): readonly string[] {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  const absolute = name.startsWith('/') || name.startsWith('\\') || /^[A-Za-z]:[\\/]/.test(name);
  if (absolute || name.includes('\0') || parts.includes('..')) {
    throw new UnsafePathError(`illegal file path: ${printable(name)}`);
  }
  return parts;
}

/** Makes the folders above the entry and returns its path; refuses to pass through anything but a real folder. */
export async function placeBelow(root: string, parts: readonly string[]): Promise<string> {
  let path = root;
  for (const part of parts.slice(0, -1)) {
    path = join(path, part);
    await mkdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    const info = await lstat(path);
    if (!info.isDirectory()) throw new UnsafePathError(`illegal file path: ${printable(parts.join('/'))}`);
  }
  return join(path, parts.at(-1) ?? '');
}

/**
 * A symbolic link may only point at something below the folder. Its `..` must all come first: after a name they
 * would start from wherever another link leads.
 */
export function checkLinkTarget(parts: readonly string[], target: string): void {
  const steps = target.split('/').filter((step) => step !== '' && step !== '.');
  const ups = steps.findIndex((step) => step !== '..');
  const leading = ups === -1 ? steps.length : ups;
  const lost = leading > parts.length - 1 || steps.lastIndexOf('..') >= leading;
  if (target.startsWith('/') || target.includes('\0') || lost) {
    throw new UnsafePathError(
      `illegal symlink target: ${printable(parts.join('/'))} -> ${printable(target)}`,
    );
  }
}

function printable(text: string): string {
  return JSON.stringify(text).slice(1, -1).slice(0, 200);
}
