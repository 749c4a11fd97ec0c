/** Folders of the machine that stand for a leaf's volumes, and where its containers see them. */
import { lstat, mkdir } from 'node:fs/promises';
import { join, posix } from 'node:path';

import { type ObjectLookup, StartError } from '../../executor/objects.ts';
import { entryParts, placeBelow } from '../../executor/safe-path.ts';
import { writeVolumeFiles } from '../../executor/volume-files.ts';
import type { ContainerSpec, TaskSpec, Volume } from '../../protocol/task-spec.ts';
import type { Mount } from './root-view.ts';

export type VolumeFolders = ReadonlyMap<string, { readonly volume: Volume; readonly folder: string }>;

export async function createVolumes(
  spec: TaskSpec,
  task: string,
  claims: string,
  lookup: ObjectLookup,
): Promise<VolumeFolders> {
  const folders = new Map<string, { volume: Volume; folder: string }>();
  for (const volume of spec.volumes) {
    const folder =
      volume.kind === 'claim'
        ? join(claims, encodeURIComponent(volume.claim))
        : join(task, 'volumes', encodeURIComponent(volume.name));
    await mkdir(folder, { recursive: true });
    await writeVolumeFiles(volume, folder, lookup);
    folders.set(volume.name, { volume, folder });
  }
  return folders;
}

export async function containerMounts(
  container: ContainerSpec,
  volumes: VolumeFolders,
  mirrored: readonly ContainerSpec[],
): Promise<readonly Mount[]> {
  const wanted = [...container.mounts];
  if (container.mirrorVolumeMounts === true) {
    const own = new Set(wanted.map((mount) => mount.mountPath));
    wanted.push(...mirrored.flatMap((main) => main.mounts).filter((mount) => !own.has(mount.mountPath)));
  }
  const mounts: Mount[] = [];
  for (const mount of wanted) {
    const found = volumes.get(mount.volume);
    if (found === undefined) throw new StartError(`volume '${mount.volume}' not found in workflow spec`);
    const host = mount.subPath === undefined ? found.folder : await subPathOf(found.folder, mount.subPath);
    const at = posix.normalize(mount.mountPath).replace(/(?<=.)\/+$/, '');
    if (!at.startsWith('/')) throw new StartError(`mountPath ${mount.mountPath} is not absolute`);
    mounts.push({ at, host, readOnly: mount.readOnly === true });
  }
  return mounts;
}

/** A volume may have been written by anybody: no link in it is followed, as one could lead anywhere. */
async function subPathOf(folder: string, subPath: string): Promise<string> {
  const parts = entryParts(subPath);
  if (parts.length === 0) return folder;
  const host = await placeBelow(folder, parts);
  const info = await lstat(host).catch(() => undefined);
  if (info === undefined) await mkdir(host);
  else if (info.isSymbolicLink()) throw new StartError(`subPath ${subPath} is a link`);
  return host;
}
