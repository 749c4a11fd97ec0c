/**
 * The path of an artifact in the container: there, and not leading out of the folder before its first `..`.
 */

import type { Artifact } from '../../../argo/artifact.ts';
import { type Checker, report } from '../frame.ts';

/** `CleanPath` of Argo's Artifact. */
export function checkPath(
  checker: Checker,
  artifact: Artifact,
  path: string | undefined,
  side: string,
): void {
  if (!path) {
    const message = `${side} artifact "${artifact.name}" has no path`;
    report(checker, 'invalid-artifact', checker.spans.of(artifact, 'name'), message);
  } else if (escapes(path)) {
    const message = `the path of ${side} artifact "${artifact.name}" leads out with ".."`;
    report(checker, 'invalid-artifact', checker.spans.of(artifact, 'path'), message);
  }
}

function escapes(path: string): boolean {
  const at = path.indexOf('/../');
  const safe = at >= 0 ? path.slice(0, at) : /\/..$/.test(path) ? path.slice(0, -3) : '';
  if (safe === '') return false;
  const cleaned = cleanPath(path);
  return !cleaned.startsWith(`${safe}/`) || cleaned.length <= safe.length + 1;
}

/** Go's `filepath.Clean`. */
export function cleanPath(path: string): string {
  const isRooted = path.startsWith('/');
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (part !== '..' || !isRooted) kept.push(part);
  }
  return (isRooted ? '/' : '') + kept.join('/') || '.';
}
