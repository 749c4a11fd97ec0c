/** Ways to run a program in a root view: bubblewrap, namespaces made with unshare, or nothing but a working folder. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Mount, RootView } from './root-view.ts';

export type SandboxKind = 'bubblewrap' | 'namespaces' | 'none';

export interface Launch {
  /** Absolute path of the program in the container, then its arguments. */
  readonly words: readonly string[];
  readonly workingDir: string;
  readonly hostName: string;
}

export interface Sandbox {
  readonly kind: SandboxKind;
  /** The host's command that runs the launch in the view; output and environment are passed through. */
  command(view: RootView, launch: Launch): { readonly file: string; readonly args: readonly string[] };
}

/** The best that works here, or exactly the one that is wanted. */
export async function findSandbox(wanted?: SandboxKind): Promise<Sandbox> {
  const candidates = [bubblewrap(), namespaces()].filter((found) => found !== undefined);
  for (const candidate of candidates) {
    if (wanted !== undefined && candidate.kind !== wanted) continue;
    if (await works(candidate.probe)) return candidate.sandbox;
  }
  if (wanted !== undefined && wanted !== 'none') throw new Error(`${wanted} does not work on this machine`);
  const command = (_view: RootView, launch: Launch) => ({
    file: launch.words[0]!,
    args: launch.words.slice(1),
  });
  return { kind: 'none', command };
}

interface Candidate {
  readonly kind: SandboxKind;
  readonly sandbox: Sandbox;
  readonly probe: readonly string[];
}

function bubblewrap(): Candidate | undefined {
  const file = findProgram('bwrap');
  if (file === undefined) return undefined;
  const isRoot = process.getuid?.() === 0;
  const common = [
    ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--die-with-parent', '--new-session'],
    ...(isRoot ? [] : ['--unshare-user', '--uid', '0', '--gid', '0']),
  ];
  const command = (view: RootView, launch: Launch) => ({
    file,
    args: [
      ...common,
      ...['--bind', view.root, '/', '--dev', '/dev', '--proc', '/proc'],
      ...view.mounts().flatMap((mount) => [mount.readOnly ? '--ro-bind' : '--bind', mount.host, mount.at]),
      ...['--hostname', launch.hostName, '--chdir', launch.workingDir, '--', ...launch.words],
    ],
  });
  const probe = [
    file,
    ...common,
    '--ro-bind',
    '/',
    '/',
    '--dev',
    '/dev',
    '--proc',
    '/proc',
    '--',
    '/bin/true',
  ];
  return { kind: 'bubblewrap', sandbox: { kind: 'bubblewrap', command }, probe };
}

/*
 * Runs as process 1 of new namespaces: `sh` mounts the view and waits for the command, so that signals keep their
 * meaning for it and its end ends everything else. Arguments: root, working folder, host name, number of mounts,
 * (mode, host, place) for each, then the command.
 */
const NAMESPACE_SCRIPT = `
root=$1 dir=$2 name=$3 n=$4; shift 4
mount --make-rprivate / && mount --bind "$root" "$root" || exit 125
hostname "$name" 2>/dev/null
place() { if [ -d "$1" ]; then mkdir -p "$2"; else mkdir -p "\${2%/*}"; [ -e "$2" ] || : > "$2"; fi; }
while [ "$n" -gt 0 ]; do
  place "$2" "$root$3" && mount --rbind "$2" "$root$3" || exit 125
  [ "$1" = ro ] && mount -o remount,bind,ro "$root$3" 2>/dev/null
  shift 3; n=$((n-1))
done
mkdir -p "$root/dev" "$root/proc"
mount --rbind /dev "$root/dev" && { mount -t proc proc "$root/proc" || mount --rbind /proc "$root/proc"; } || exit 125
trap : TERM INT
setsid --wait chroot "$root" /bin/sh -c 'cd "$1" && shift && exec "$@"' sh "$dir" "$@"
exit $?
`;

function namespaces(): Candidate | undefined {
  const file = findProgram('unshare');
  const needed = ['sh', 'mount', 'chroot', 'setsid'].map(findProgram);
  if (file === undefined || needed.includes(undefined)) return undefined;
  const isRoot = process.getuid?.() === 0;
  const common = ['--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child', ...(isRoot ? [] : ['-Ur'])];
  const mountWords = (mount: Mount) => [mount.readOnly ? 'ro' : 'rw', mount.host, mount.at];
  const command = (view: RootView, launch: Launch) => {
    const mounts = view.mounts();
    const words = [
      view.root,
      launch.workingDir,
      launch.hostName,
      String(mounts.length),
      ...mounts.flatMap(mountWords),
    ];
    return { file, args: [...common, '/bin/sh', '-c', NAMESPACE_SCRIPT, 'sh', ...words, ...launch.words] };
  };
  const probe = [file, ...common, '/bin/sh', '-c', 'mount --make-rprivate / && mount -t tmpfs none /mnt'];
  return { kind: 'namespaces', sandbox: { kind: 'namespaces', command }, probe };
}

function works([file, ...args]: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(file!, args, { timeout: 10_000 }, (error) => resolve(error === null));
  });
}

function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/bin', '/bin', '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find((file) => file.startsWith('/') && existsSync(file));
}
