/**
 * A container's private file system made of a folder of ours: everything in it can be written, the machine's
 * programs are mounted read-only, volumes where they are wanted. What the container leaves is found in the folder.
 */
import { lstat, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { join, posix } from 'node:path';

import { type HostTools, isWithin } from './host-tools.ts';

export interface Mount {
  /** Path in the container. */
  readonly at: string;
  /** Folder or file of the machine. */
  readonly host: string;
  readonly readOnly: boolean;
}

export interface RootView {
  /** The folder that is the container's `/`. */
  readonly root: string;
  /** Outer ones first. */
  mounts(): readonly Mount[];
  /** Where a file can be put so that the container sees it at `path`; makes the folders above. */
  place(path: string): Promise<string>;
  /** The existing file or folder that the container knows by `path`, links resolved as the container would. */
  locate(path: string): Promise<string | undefined>;
  /** Where the contents of a folder within the view lie, when something is mounted over it. */
  redirect(host: string): string;
}

const MOST_LINKS = 40;
/** Folders of programs that have been opened for writing are mounted here, to be linked to. */
const ORIGINALS = '/.argosy/originals';
const PREPARED = ['tmp', 'var/tmp', 'run', 'root', 'home', 'mnt'];

interface View {
  readonly root: string;
  mounts: readonly Mount[];
}

export async function createRootView(
  root: string,
  tools: HostTools,
  volumes: readonly Mount[],
): Promise<RootView> {
  await Promise.all(PREPARED.map((name) => mkdir(join(root, name), { recursive: true })));
  await Promise.all(tools.links.map(({ at, target }) => symlink(target, join(root, at))));
  const view: View = { root, mounts: tools.folders.map((at) => ({ at, host: at, readOnly: true })) };
  for (const volume of [...volumes].sort((a, b) => a.at.length - b.at.length)) {
    const folder = (await resolve(view, posix.dirname(volume.at), true)) ?? posix.dirname(volume.at);
    const at = posix.join(folder, posix.basename(volume.at));
    await place(view, at); // the mount point itself is made by whoever mounts
    view.mounts = [...view.mounts, { ...volume, at }];
  }
  return {
    root,
    mounts: () => [...view.mounts].sort((a, b) => a.at.length - b.at.length),
    place: (path) => place(view, path),
    locate: async (path) => {
      const found = await resolve(view, path, false);
      return found === undefined ? undefined : hostPath(view.mounts, root, found);
    },
    redirect: (host) => redirect(view, host),
  };
}

async function place(view: View, path: string): Promise<string> {
  const folder = (await resolve(view, posix.dirname(path), true)) ?? posix.dirname(path);
  const target = posix.join(folder, posix.basename(path));
  const tool = view.mounts.find((mount) => isTool(mount) && isWithin(mount.at, folder));
  if (tool !== undefined) await openFolder(view, tool, folder);
  // What is put in the place of a folder of programs hides it.
  view.mounts = view.mounts.filter((mount) => !isTool(mount) || !isWithin(target, mount.at));
  const host = hostPath(view.mounts, view.root, folder);
  await mkdir(host, { recursive: true });
  return join(host, posix.basename(path));
}

function isTool(mount: Mount): boolean {
  return mount.readOnly && mount.host === mount.at;
}

/** Where the container's path lies on this machine; links are not looked at. */
function hostPath(mounts: readonly Mount[], root: string, path: string): string {
  let nearest: Mount | undefined;
  for (const mount of mounts) {
    // Of two mounts at one place the later one is seen.
    if (isWithin(mount.at, path) && mount.at.length >= (nearest?.at.length ?? 0)) nearest = mount;
  }
  if (nearest === undefined) return join(root, path);
  return path === nearest.at ? nearest.host : join(nearest.host, path.slice(nearest.at.length));
}

/** The path without links; `lenient`: from where it stops to exist it is taken as it stands. */
async function resolve(view: View, path: string, lenient: boolean): Promise<string | undefined> {
  const todo = posix.normalize(path).split('/').filter(Boolean);
  let done = '/';
  let links = 0;
  while (todo.length > 0) {
    const step = todo.shift()!;
    const next = step === '..' ? posix.dirname(done) : posix.join(done, step);
    const host = hostPath(view.mounts, view.root, next);
    const info = await lstat(host).catch(() => undefined);
    const isMountAbove = info === undefined && view.mounts.some((mount) => isWithin(next, mount.at));
    if (info === undefined && !isMountAbove) return lenient ? posix.join(next, ...todo) : undefined;
    if (info === undefined || !info.isSymbolicLink()) {
      done = next;
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) return undefined;
    const target = await readlink(host);
    if (target.startsWith('/')) done = '/';
    todo.unshift(...target.split('/').filter((part) => part !== '' && part !== '.'));
  }
  return done;
}

/**
 * Makes a folder among the machine's programs writable: it and those above it become folders of ours, in which
 * folders are mounted one by one and files are links to the originals.
 */
async function openFolder(view: View, tool: Mount, folder: string): Promise<void> {
  const steps = folder.slice(tool.at.length).split('/').filter(Boolean);
  let path = tool.at;
  for (const step of [...steps, undefined]) {
    if (!view.mounts.some((mount) => isTool(mount) && mount.at === path)) return;
    await fillFolder(view, path);
    if (step !== undefined) path = posix.join(path, step);
  }
}

async function fillFolder(view: View, path: string): Promise<void> {
  await mkdir(join(view.root, path), { recursive: true });
  const original = posix.join(ORIGINALS, path);
  const entries = await readdir(path, { withFileTypes: true });
  const children = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => posix.join(path, entry.name));
  view.mounts = [
    ...view.mounts.filter((mount) => !isTool(mount) || mount.at !== path),
    { at: original, host: path, readOnly: true },
    ...children.map((at) => ({ at, host: at, readOnly: true })),
  ];
  await Promise.all(
    entries.map(async (entry) => {
      const each = posix.join(path, entry.name);
      if (entry.isDirectory()) return;
      const target = entry.isSymbolicLink() ? await readlink(each) : posix.join(original, entry.name);
      await symlink(target, join(view.root, each));
    }),
  );
}

function redirect(view: View, host: string): string {
  for (const mount of view.mounts) {
    if (isTool(mount) || mount.at.startsWith(ORIGINALS)) continue;
    const others = view.mounts.filter((other) => other !== mount);
    if (hostPath(others, view.root, mount.at) === host) return mount.host;
  }
  return host;
}
