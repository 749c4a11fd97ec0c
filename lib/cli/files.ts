/** Finds and reads the YAML that the command line names: files, folders, `-` for standard input. */
import { readFileSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Source } from '../diagnostics/source.ts';
import { CliError } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** As `argo lint` walks folders: files with these endings, links not followed. */
const MANIFEST = /\.(ya?ml|json)$/;
const DEEPEST_FOLDER = 32;
const LARGEST_FILE = 64 * 1024 * 1024;

export async function readSources(paths: readonly string[], terminal: Terminal): Promise<readonly Source[]> {
  const sources: Source[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    if (path === '-') {
      sources.push({ path: 'stdin', text: await terminal.readInput() });
      continue;
    }
    for (const file of await manifestsOf(path, terminal.cwd)) {
      if (seen.has(file)) continue;
      seen.add(file);
      sources.push({ path: shownPath(file, terminal.cwd), text: readText(file) });
    }
  }
  return sources;
}

async function manifestsOf(path: string, cwd: string): Promise<readonly string[]> {
  const full = resolve(cwd, path);
  const info = await stat(full).catch((error: NodeJS.ErrnoException) => {
    throw new CliError(error.code === 'ENOENT' ? `there is no file or folder ${path}` : error.message);
  });
  return info.isDirectory() ? await manifestsBelow(full, 0) : [full];
}

async function manifestsBelow(folder: string, depth: number): Promise<readonly string[]> {
  if (depth > DEEPEST_FOLDER) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
      found.push(...(await manifestsBelow(path, depth + 1)));
    else if (entry.isFile() && MANIFEST.test(entry.name)) found.push(path);
  }
  return found;
}

/** Reads at once, since a way through Node's threads takes longer than a manifest. */
export function readText(file: string): string {
  try {
    const { size } = statSync(file);
    if (size <= LARGEST_FILE) return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new CliError(`${file} is larger than ${LARGEST_FILE} bytes`);
}

function shownPath(file: string, cwd: string): string {
  const short = relative(cwd, file);
  return short.startsWith('..') ? file : short;
}
