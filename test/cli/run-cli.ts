/** Runs the command line inside the test, in a folder of its own, and keeps what it prints. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createColors } from 'picocolors';
import { onTestFinished } from 'vitest';
import { main } from '../../lib/cli/main.ts';
import type { Stream, Terminal } from '../../lib/cli/terminal.ts';

export interface Folder {
  readonly path: string;
  readonly write: (name: string, text: string) => string;
}

/** Removed when the test ends. */
export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'argosy-cli-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    write: (name, text) => {
      writeFileSync(join(path, name), text);
      return join(path, name);
    },
  };
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Pretends that both streams are terminals. */
  readonly tty?: boolean;
  readonly onInterrupt?: (interrupt: () => void) => void;
}

export interface Running {
  readonly ended: Promise<Ran>;
  readonly out: () => string;
  readonly err: () => string;
  readonly interrupt: () => void;
}

export function startCli(folder: Folder, argv: readonly string[], options: RunOptions = {}): Running {
  const text = { out: '', err: '' };
  const listeners = new Set<() => void>();
  const stream = (name: 'out' | 'err'): Stream => ({
    write: (more) => {
      text[name] += more;
    },
    isTty: options.tty === true,
    columns: 120,
    rows: 40,
    colors: createColors(options.tty === true),
  });
  const terminal: Terminal = {
    out: stream('out'),
    err: stream('err'),
    readInput: async () => options.stdin ?? '',
    cwd: folder.path,
    env: options.env ?? {},
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return {
    ended: main(argv, terminal).then((code) => ({ code, ...text })),
    out: () => text.out,
    err: () => text.err,
    interrupt: () => {
      for (const listener of listeners) listener();
    },
  };
}

export async function runCli(
  folder: Folder,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  return await startCli(folder, argv, options).ended;
}

/** Waits until something holds; the test's own limit ends a wait in vain. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}
