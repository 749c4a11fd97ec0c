/** The programs of this machine that stand in for those of images, and what of its files a step may see. */
import { existsSync, lstatSync, mkdirSync, readlinkSync, realpathSync, statSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export interface HostTools {
  /** Folders shown read-only, at the same path; no one lies within another. */
  readonly folders: readonly string[];
  /** Links at the top of the machine's file system, such as `/bin` to `usr/bin`. */
  readonly links: readonly { readonly at: string; readonly target: string }[];
  /** The PATH of containers. */
  readonly path: readonly string[];
}

const SYSTEM = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/etc',
  '/opt',
  '/nix',
  '/sys',
];
const STANDARD_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** `toolPaths` come first on the PATH; `aliases` is a folder of ours that may be filled. */
export function findHostTools(toolPaths: readonly string[], hostPath: string, aliases: string): HostTools {
  const own = toolPaths.map((path) => realpathSync(path));
  const others = hostPath.split(':').filter((path) => isInstallation(path) && isFolder(path));
  const first = unique([...own, ...STANDARD_PATH.filter(isFolder)]);
  makeAliases(first, aliases);
  const path = unique([...first, aliases, ...others]);
  const folders: string[] = [];
  const links: { at: string; target: string }[] = [];
  for (const at of SYSTEM) {
    const info = lstatSync(at, { throwIfNoEntry: false });
    if (info?.isSymbolicLink() === true) links.push({ at, target: readlinkSync(at) });
    else if (info?.isDirectory() === true) folders.push(at);
  }
  for (const each of path) {
    if (!folders.some((folder) => isWithin(folder, realpathSync(each)))) folders.push(installationOf(each));
  }
  const outer = unique(folders);
  return {
    folders: outer.filter((one) => !outer.some((other) => other !== one && isWithin(other, one))),
    links: links.filter((link) => !link.target.startsWith('..')),
    path,
  };
}

/** npm puts the programs of packages on the PATH of what it runs; no image has those. */
function isInstallation(path: string): boolean {
  return path.startsWith('/') && !path.includes('/node_modules/');
}

/** A program in PREFIX/bin needs PREFIX/lib; but never show somebody's home, or everything. */
function installationOf(folder: string): string {
  const parent = dirname(folder);
  const whole =
    ['bin', 'sbin', 'shims'].includes(basename(folder)) && ![homedir(), '/', '/home'].includes(parent);
  return whole ? parent : folder;
}

/** Images call Python `python`; machines often know it as `python3` only. */
function makeAliases(path: readonly string[], aliases: string): void {
  mkdirSync(aliases, { recursive: true });
  const find = (name: string) => path.map((folder) => join(folder, name)).find((file) => existsSync(file));
  const python = find('python3');
  const alias = join(aliases, 'python');
  if (python !== undefined && find('python') === undefined && !existsSync(alias)) symlinkSync(python, alias);
}

export function isWithin(folder: string, path: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function unique<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}
