import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';

import { zipSync } from 'fflate';
import { type Header, pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';

import { extractTar, isTarGz } from '../../lib/executor/extract-tar.ts';
import { extractZip } from '../../lib/executor/extract-zip.ts';
import { ARCHIVE_LIMITS } from '../../lib/executor/limits.ts';
import { tempFolder } from '../engines/temp-folder.ts';

type Entry = Partial<Header> & Pick<Header, 'name'> & { readonly content?: string };

async function tarGz(entries: readonly Entry[]): Promise<string> {
  const archive = pack();
  for (const { content, ...header } of entries) archive.entry(header, content ?? '');
  archive.finalize();
  const file = join(tempFolder('tar'), 'archive');
  await writeFile(file, gzipSync(await buffer(archive as unknown as Readable)));
  return file;
}

const target = () => {
  const outer = tempFolder('out');
  const folder = mkdtempSync(join(outer, 'inner-'));
  return { outer, folder };
};

const hostile: Readonly<Record<string, readonly Entry[]>> = {
  'an absolute path': [{ name: '/evil', content: 'x' }],
  'a path upwards': [{ name: 'a/../../evil', content: 'x' }],
  'a Windows drive': [{ name: 'C:\\evil', content: 'x' }],
  'a link out of the folder': [{ name: 'l', type: 'symlink', linkname: '../../etc' }],
  'an absolute link': [{ name: 'l', type: 'symlink', linkname: '/etc/passwd' }],
  'a link that climbs after a name': [
    { name: 'here', type: 'symlink', linkname: '.' },
    { name: 'l', type: 'symlink', linkname: 'here/..' },
  ],
  'a link below a link': [
    { name: 'd/', type: 'directory' },
    { name: 'l', type: 'symlink', linkname: 'd' },
    { name: 'l/m', type: 'symlink', linkname: '../..' },
  ],
  'a hard link to the outside': [{ name: 'l', type: 'link', linkname: '../../etc/passwd' }],
  'a hard link to a link': [
    { name: 's', type: 'symlink', linkname: 'f' },
    { name: 'l', type: 'link', linkname: 's' },
    { name: 'f', content: 'x' },
  ],
  'a device': [{ name: 'dev', type: 'character-device', devmajor: 1, devminor: 3 }],
  'a pipe': [{ name: 'p', type: 'fifo' }],
  'a file over another': [
    { name: 'f', content: '1' },
    { name: 'f', content: '2' },
  ],
};

describe('a tar archive from a stranger', () => {
  for (const [what, entries] of Object.entries(hostile)) {
    it(`is refused with ${what}`, async () => {
      const { outer, folder } = target();
      await expect(extractTar(await tarGz(entries), folder)).rejects.toThrow(/illegal|EEXIST/);
      expect(readdirSync(outer)).toHaveLength(1);
    });
  }

  it('does not write through a link, whatever the order', async () => {
    const { outer, folder } = target();
    symlinkSync(outer, join(folder, 'planted'));
    const through = await tarGz([{ name: 'planted/evil', content: 'x' }]);
    await expect(extractTar(through, folder)).rejects.toThrow('illegal');
    expect(readdirSync(outer)).toHaveLength(1);
  });

  it('keeps contents, links within, and the nine bits of modes', async () => {
    const { folder } = target();
    const file = await tarGz([
      { name: 'd/', type: 'directory', mode: 0o750 },
      { name: 'd/f', content: 'text', mode: 0o4755 },
      { name: 'd/up', type: 'symlink', linkname: '../g' },
      { name: 'g', type: 'link', linkname: 'd/f' },
    ]);
    expect(await isTarGz(file)).toBe(true);
    await extractTar(file, folder);
    expect(readFileSync(join(folder, 'g'), 'utf8')).toBe('text');
    expect(readlinkSync(join(folder, 'd/up'))).toBe('../g');
    expect(statSync(join(folder, 'd/f')).mode & 0o7777).toBe(0o755);
    expect(statSync(join(folder, 'd')).mode & 0o777).toBe(0o750);
  });

  it('is bounded in entries, bytes and ratio', async () => {
    const limits = { ...ARCHIVE_LIMITS, entries: 2, bytes: 1000, ratioFrom: 100, ratio: 10 };
    const many = await tarGz([{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
    await expect(extractTar(many, target().folder, { limits })).rejects.toThrow('over 2 entries');
    const noise = Array.from({ length: 2000 }, (_, index) =>
      String.fromCharCode(33 + ((index * 7919) % 90)),
    ).join('');
    const large = await tarGz([{ name: 'a', content: noise }]);
    await expect(extractTar(large, target().folder, { limits })).rejects.toThrow('over 1000 bytes');
    const bomb = await tarGz([{ name: 'a', content: '0'.repeat(900_000) }]);
    const roomy = { ...limits, bytes: 1e9 };
    await expect(extractTar(bomb, target().folder, { limits: roomy })).rejects.toThrow('times its size');
  });

  it('is told from other files', async () => {
    const plain = join(tempFolder('plain'), 'f');
    writeFileSync(plain, 'no archive');
    expect(await isTarGz(plain)).toBe(false);
    writeFileSync(plain, gzipSync('gzip, yet no tar'.repeat(100)));
    expect(await isTarGz(plain)).toBe(false);
  });
});

describe('a zip archive from a stranger', () => {
  const zip = async (files: Record<string, Uint8Array>): Promise<string> => {
    const file = join(tempFolder('zip'), 'archive');
    await writeFile(file, zipSync(files));
    return file;
  };

  it('is unpacked', async () => {
    const { folder } = target();
    await extractZip(await zip({ 'd/f': Buffer.from('text'), 'e/': new Uint8Array(0) }), folder);
    expect(readFileSync(join(folder, 'd/f'), 'utf8')).toBe('text');
    expect(statSync(join(folder, 'e')).isDirectory()).toBe(true);
  });

  it('cannot leave its folder, nor grow without bounds', async () => {
    for (const name of ['../evil', '/evil', 'a/../../evil']) {
      const { outer, folder } = target();
      await expect(extractZip(await zip({ [name]: Buffer.from('x') }), folder)).rejects.toThrow('illegal');
      expect(readdirSync(outer)).toHaveLength(1);
    }
    const limits = { ...ARCHIVE_LIMITS, bytes: 1000 };
    const bomb = await zip({ a: Buffer.alloc(100_000) });
    await expect(extractZip(bomb, target().folder, { limits })).rejects.toThrow('over 1000 bytes');
  });
});
