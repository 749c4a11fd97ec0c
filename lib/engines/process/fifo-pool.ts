/**
 * Named pipes for the output of processes. Node's own pipes are sockets, and a step that opens /dev/stdout would
 * fail on those.
 */
import { execFile } from 'node:child_process';
import { close, constants, open } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface OutputPipe {
  /** For the process; to be closed by `handedOver` once the process has it. */
  readonly writer: number;
  readonly reader: Socket;
  handedOver(): Promise<void>;
}

export interface FifoPool {
  open(): Promise<OutputPipe>;
}

const BATCH = 32;
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
      // Plain descriptors: a FileHandle would close its own a second time when it is collected.
      const reader = await openFile(name, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const writer = await openFile(name, constants.O_WRONLY);
        const socket = new Socket({ fd: reader, readable: true, writable: false });
        return { writer, reader: socket, handedOver: () => closeFile(writer) };
      } catch (error) {
        await closeFile(reader);
        throw error;
      } finally {
        await rm(name, { force: true });
      }
    },
  };
}
