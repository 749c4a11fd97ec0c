import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { BlobStore } from '../../lib/protocol/blob-store.ts';
import { folderStore } from '../../lib/store/folder-store.ts';
import { memoryStore } from '../../lib/store/memory-store.ts';
import { tempFolder } from '../engines/temp-folder.ts';

const folder = () => tempFolder('blobs');
const text = async (store: BlobStore, key: string) => {
  const data = await store.get(key);
  return data === undefined ? undefined : Buffer.from(data).toString();
};

const stores: Readonly<Record<string, () => BlobStore>> = {
  folder: () => folderStore(join(folder(), 'store')),
  memory: () => memoryStore(),
};

for (const [name, create] of Object.entries(stores)) {
  describe(`${name} store`, () => {
    it('keeps blobs under keys of any kind', async () => {
      const store = create();
      const keys = [
        'a',
        'a/b',
        'a/b/c',
        'a//b',
        'a/',
        '/a',
        '../../escape',
        'a/../b',
        './x',
        'sp ace',
        '100%',
        'ü:*?"<>|',
        '%41',
        '%self',
      ];
      for (const key of keys) await store.put(key, `of ${key}`);
      for (const key of keys) expect(await text(store, key), key).toBe(`of ${key}`);
      expect((await store.list('')).map((blob) => blob.key)).toEqual([...keys].sort());
      expect((await store.list('a/b')).map((blob) => blob.key)).toEqual(['a/b', 'a/b/c']);
      for (const key of keys) await store.delete(key);
      expect(await store.list('')).toEqual([]);
    });

    it('makes a blob a folder when another key needs it, and the other way round', async () => {
      const store = create();
      await store.put('x/y', '1');
      await store.put('x/y/z', '2');
      await store.put('x', '3');
      expect([await text(store, 'x'), await text(store, 'x/y'), await text(store, 'x/y/z')]).toEqual([
        '3',
        '1',
        '2',
      ]);
      await store.put('x/y', 'new');
      expect(await text(store, 'x/y')).toBe('new');
      await store.delete('x/y');
      expect(await text(store, 'x/y')).toBeUndefined();
      expect(await text(store, 'x/y/z')).toBe('2');
    });

    it('takes and gives files', async () => {
      const store = create();
      const place = folder();
      writeFileSync(join(place, 'in'), 'content');
      await store.putFile('k', join(place, 'in'));
      expect(await store.getFile('k', join(place, 'out'))).toBe(true);
      expect(readFileSync(join(place, 'out'), 'utf8')).toBe('content');
      expect(await store.getFile('none', join(place, 'none'))).toBe(false);
      expect((await store.list('k'))[0]).toEqual({ key: 'k', size: 7 });
    });

    it('refuses keys that no store could keep', async () => {
      const store = create();
      await expect(store.put('', 'x')).rejects.toThrow('1 to 1024 bytes');
      await expect(store.put('k'.repeat(2000), 'x')).rejects.toThrow('1 to 1024 bytes');
    });
  });
}

it('never leaves its folder', async () => {
  const outer = folder();
  const store = folderStore(join(outer, 'store'));
  for (const key of ['../out', '/etc/x', 'a/../../out', '..', '.', '...', 'a/..']) await store.put(key, 'x');
  expect(readdirSync(outer)).toEqual(['store']);
});
