/**
 * The view of a container without any isolation: the paths that its template declares are moved below a folder of
 * ours, and are replaced wherever they stand in its command, script and environment. All else is the machine's.
 */
import { existsSync } from 'node:fs';
import { lstat, mkdir, symlink } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';

import type { ContainerSpec, TaskSpec } from '../../protocol/task-spec.ts';
import { isWithin } from './host-tools.ts';
import type { Mount, RootView } from './root-view.ts';

export interface PlainView extends RootView {
  rewrite(text: string): string;
}

export async function createPlainView(
  root: string,
  declared: readonly string[],
  volumes: readonly Mount[],
): Promise<PlainView> {
  await mkdir(join(root, 'tmp'), { recursive: true });
  const place = async (path: string): Promise<string> => {
    await mkdir(join(root, dirname(path)), { recursive: true });
    return join(root, path);
  };
  for (const volume of [...volumes].sort((a, b) => a.at.length - b.at.length)) {
    await symlink(volume.host, await place(volume.at));
  }
  const known = [...new Set(declared.map((path) => posix.normalize(path)))].filter((path) => path !== '/');
  const pattern = pathPattern(known);
  return {
    root,
    mounts: () => [],
    place,
    locate: async (path) => {
      const host = join(root, posix.normalize(path));
      return (await lstat(host).catch(() => undefined)) === undefined ? undefined : host;
    },
    redirect: (host) => volumes.find((volume) => join(root, volume.at) === host)?.host ?? host,
    rewrite: (text) => (known.length === 0 ? text : text.replace(pattern, (path) => join(root, path))),
  };
}

/** A declared path that stands by itself: not the end or the beginning of a longer name. */
function pathPattern(paths: readonly string[]): RegExp {
  const longestFirst = [...paths].sort((a, b) => b.length - a.length);
  const names = longestFirst.map((path) => path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`(?<![\\w./-])(?:${names.join('|')})(?![\\w-]|\\.\\w)`, 'g');
}

/** Folders above what is declared move along, unless the machine has them itself; `/tmp` always does. */
export function declaredPaths(
  spec: TaskSpec,
  container: ContainerSpec,
  mounts: readonly Mount[],
): readonly string[] {
  const paths = [
    ...mounts.map((mount) => mount.at),
    ...spec.inputs.artifacts.map((input) => input.path),
    ...spec.outputs.artifacts.map((output) => output.path),
    ...spec.outputs.parameters.map((output) => output.path),
    ...(container.workingDir === undefined ? [] : [container.workingDir]),
  ];
  const all = ['/tmp', ...paths, ...paths.flatMap(foldersAbove).filter((folder) => !existsSync(folder))];
  // Within another one of them a path moves along with that one.
  return all.filter((path) => !all.some((other) => other !== path && isWithin(other, path)));
}

function foldersAbove(path: string): readonly string[] {
  const above = dirname(posix.normalize(path));
  return above === '/' || above === '.' ? [] : [above, ...foldersAbove(above)];
}
