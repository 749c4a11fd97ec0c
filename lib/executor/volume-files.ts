/** Writes the files of ConfigMap, Secret and projected volumes. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { Volume } from '../protocol/task-spec.ts';
import { type ObjectKind, type ObjectLookup, StartError } from './objects.ts';
import { entryParts } from './safe-path.ts';

interface ObjectFiles {
  readonly kind: ObjectKind;
  readonly source: string;
  readonly items?: readonly { readonly key: string; readonly path: string; readonly mode?: number }[];
  readonly optional?: boolean;
}

export async function writeVolumeFiles(volume: Volume, folder: string, lookup: ObjectLookup): Promise<void> {
  if (volume.kind === 'emptyDir' || volume.kind === 'claim') return;
  const sources: readonly ObjectFiles[] = volume.kind === 'projected' ? volume.sources : [volume];
  for (const source of sources) await writeObject(source, folder, lookup, volume.defaultMode ?? 0o644);
}

async function writeObject(
  object: ObjectFiles,
  folder: string,
  lookup: ObjectLookup,
  mode: number,
): Promise<void> {
  const data = await lookup(object.kind, object.source);
  if (data === undefined) {
    if (object.optional === true) return;
    throw new StartError(
      `MountVolume.SetUp failed: ${object.kind.toLowerCase()} "${object.source}" not found`,
    );
  }
  const items = object.items ?? Object.keys(data).map((key) => ({ key, path: key }));
  for (const item of items) {
    const value = Object.hasOwn(data, item.key) ? data[item.key] : undefined;
    if (value === undefined) {
      if (object.optional === true) continue;
      throw new StartError(`references non-existent ${object.kind.toLowerCase()} key: ${item.key}`);
    }
    const file = join(folder, ...entryParts(item.path));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, value);
    await chmod(file, ('mode' in item ? item.mode : undefined) ?? mode);
  }
}
