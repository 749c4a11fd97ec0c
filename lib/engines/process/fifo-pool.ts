/**
 * Named pipes for the output of processes. Node's own pipes are sockets, and a step that opens /dev/stdout would
 * fail on those.
 */
import { execFile } from 'node:child_process';
import { close, closeSync, constants, open, readSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface OutputPipe {
  /** For the process; to be closed by `handedOver` once the process has it. */
  readonly writer: number;
  handedOver(): Promise<void>;
  /** Resolves when nobody can write any more, or when it is abandoned. */
  read(onChunk: (chunk: Buffer) => void): Promise<void>;
  /** Looks at once whether there is something to read. */
  look(): void;
  abandon(): void;
}

export interface FifoPool {
  open(): Promise<OutputPipe>;
}

const BATCH = 32;
const CHUNK = 64 * 1024;
const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 32;

const openFile = promisify(open);
const closeFile = promisify(close);

export function createFifoPool(folder: string): FifoPool {
  const ready: string[] = [];
  let count = 0;
  let making: Promise<void> | undefined;
  const make = async () => {
    const names = Array.from({ length: BATCH }, () => join(folder, `pipe-${count++}`));
    await promisify(execFile)('mkfifo', ['-m', '600', ...names]);
    ready.push(...names);
    making = undefined;
  };
  const take = async (): Promise<string> => {
    for (;;) {
      const name = ready.pop();
      if (name !== undefined) return name;
      making ??= make();
      await making;
    }
  };
  return {
    open: async () => {
      const name = await take();
      const reader = await openFile(name, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const writer = await openFile(name, constants.O_WRONLY);
        return { writer, handedOver: () => closeFile(writer), ...createReader(reader) };
      } catch (error) {
        await closeFile(reader);
        throw error;
      } finally {
        await rm(name, { force: true });
      }
    },
  };
}

/**
 * Asks again and again, ever more slowly while nothing comes. A socket on the descriptor would be told, but would
 * close what it has not opened: at its end a worker thread closes such a descriptor again, whosever it is by then.
 */
function createReader(descriptor: number): Pick<OutputPipe, 'read' | 'look' | 'abandon'> {
  const buffer = Buffer.allocUnsafe(CHUNK);
  let timer: NodeJS.Timeout | undefined;
  let pause = SHORTEST_PAUSE_MS;
  let take: ((chunk: Buffer) => void) | undefined;
  let finish: () => void = () => undefined;
  let isOpen = true;
  const end = () => {
    if (!isOpen) return;
    isOpen = false;
    clearTimeout(timer);
    closeSync(descriptor);
    finish();
  };
  const look = () => {
    clearTimeout(timer);
    for (let left = 16; isOpen && take !== undefined; left -= 1) {
      const size = left === 0 ? 'later' : readNow(descriptor, buffer);
      if (size === 0) return end();
      if (typeof size === 'number') {
        pause = SHORTEST_PAUSE_MS;
        take(Buffer.from(buffer.subarray(0, size)));
        continue;
      }
      timer = setTimeout(look, size === 'later' ? 0 : pause);
      pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
      return;
    }
  };
  const read = (onChunk: (chunk: Buffer) => void) =>
    new Promise<void>((resolve) => {
      take = onChunk;
      finish = resolve;
      if (isOpen) look();
      else resolve();
    });
  return { read, look, abandon: end };
}

function readNow(descriptor: number, buffer: Buffer): number | 'nothing' {
  try {
    return readSync(descriptor, buffer);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN' || code === 'EINTR') return 'nothing';
    return 0;
  }
}
