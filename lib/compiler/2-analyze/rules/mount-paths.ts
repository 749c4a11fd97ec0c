/** No two mounts or artifacts of a container may have the same path. */

import type { Artifact } from '../../../argo/artifact.ts';
import type { VolumeMount } from '../../../argo/container.ts';
import type { Span } from '../../../diagnostics/source.ts';
import { type Checker, report } from '../frame.ts';

export function checkMountPaths(
  checker: Checker,
  mounts: readonly VolumeMount[] | undefined,
  artifacts: readonly { readonly artifact: Artifact; readonly path: string }[],
): void {
  const { spans } = checker;
  const taken = new Map<string, Span>();
  const take = (path: string, span: Span, what: string) => {
    const first = taken.get(path);
    if (first) {
      const related = [{ span: first, message: 'already here' }];
      report(checker, 'mount-collision', span, `${what} lands at "${path}", where something is already`, {
        related,
      });
    } else taken.set(path, span);
  };
  for (const mount of mounts ?? []) {
    take(mount.mountPath ?? '', spans.of(mount, 'mountPath'), `the volume "${mount.name ?? ''}"`);
  }
  for (const { artifact, path } of artifacts) {
    take(path, spans.of(artifact, 'path'), `the artifact "${artifact.name}"`);
  }
}
