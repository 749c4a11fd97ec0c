/** Signals to started programs, each the first of a process group, and to what they started in turn. */
import { readFileSync } from 'node:fs';

export function signalGroup(group: number, signal: NodeJS.Signals): void {
  signalTo(-group, signal);
}

/**
 * Kills the group and the program's children. The first process of a namespace of bubblewrap is in a session of its
 * own a little before it asks to die with its parent. Who is to be stopped has no more children, so that none is missed.
 */
export function killProgram(pid: number): void {
  signalGroup(pid, 'SIGSTOP');
  for (const child of childrenOf(pid)) signalTo(child, 'SIGKILL');
  signalGroup(pid, 'SIGKILL');
}

export function childrenOf(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}
