/** Runs one program to its end: output by lines, signals, and nothing of it left running. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

import type { FifoPool } from './fifo-pool.ts';
import { childrenOf, killProgram, signalGroup } from './signals.ts';

export interface ProcessOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** How many processes stand between the one started and the container's own. */
  readonly wrapped: boolean;
  readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => void;
}

export interface ProcessEnd {
  readonly exitCode: number;
  /** Set when a signal ended it. */
  readonly signal?: NodeJS.Signals;
}

export interface RunningProcess {
  /** Rejects only when the program could not be started. */
  readonly ended: Promise<ProcessEnd>;
  /** TERM to the program's process group, KILL to everything after the grace. */
  stop(graceMs: number): void;
  kill(): void;
}

/** Of an output pipe that a stray process holds open nothing more is awaited after this. */
const STRAY_OUTPUT_MS = 2_000;

export async function runProcess(options: ProcessOptions, pipes: FifoPool): Promise<RunningProcess> {
  const [out, err] = await Promise.all([pipes.open(), pipes.open()]);
  let child: ChildProcess;
  try {
    child = spawn(options.file, options.args, {
      env: { ...options.env },
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      stdio: ['ignore', out.writer, err.writer],
      detached: true,
    });
  } catch (error) {
    // Some faults are thrown at once, such as an argument list that is too long.
    for (const pipe of [out, err]) pipe.abandon();
    await Promise.all([out.handedOver(), err.handedOver()]);
    throw error;
  }
  // Before the child holds them too, the pipes have this process as writer and cannot seem to be at their end.
  const drained = Promise.all([
    out.read((chunk) => options.onOutput('stdout', chunk)),
    err.read((chunk) => options.onOutput('stderr', chunk)),
  ]);
  const exited = new Promise<ProcessEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      resolve({ exitCode: code ?? 0, ...(signal !== null && { signal }) }),
    );
  });
  const ended = exited.finally(async () => {
    const abandon = () => {
      out.abandon();
      err.abandon();
    };
    const timer = setTimeout(abandon, STRAY_OUTPUT_MS);
    out.look();
    err.look();
    await drained;
    clearTimeout(timer);
  });
  ended.catch(() => undefined);
  await Promise.all([out.handedOver(), err.handedOver()]);
  return { ended, ...killers(child, options.wrapped, ended) };
}

function killers(child: ChildProcess, wrapped: boolean, ended: Promise<ProcessEnd>) {
  let hardly: NodeJS.Timeout | undefined;
  const kill = () => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    killProgram(child.pid);
  };
  const stop = (graceMs: number) => {
    if (hardly !== undefined || child.pid === undefined || child.exitCode !== null) return;
    hardly = setTimeout(kill, graceMs);
    ended.then(
      () => clearTimeout(hardly),
      () => clearTimeout(hardly),
    );
    signalGroup(wrapped ? groupOf(innermost(child.pid)) : child.pid, 'SIGTERM');
  };
  return { stop, kill };
}

/**
 * Within its own process namespace the container's program is the grandchild: below the process that set the
 * namespace up, and the namespace's first process.
 */
function innermost(pid: number): number {
  const [first] = childrenOf(pid);
  const [program] = first === undefined ? [] : childrenOf(first);
  return program ?? first ?? pid;
}

function groupOf(pid: number): number {
  try {
    // The name in parentheses may hold anything, the fields behind it are state, parent and group.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
    return Number(fields[2]);
  } catch {
    return pid;
  }
}
