/** The way into a run that goes on in another process: a socket that takes one request a connection, as JSON lines. */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeValues } from '../../handlers/suspended-nodes.ts';
import type { WorkflowObject } from '../../status/workflow-object.ts';

export type ControlRequest =
  | { readonly verb: 'status' }
  | { readonly verb: 'wait' }
  | { readonly verb: 'stop' }
  | { readonly verb: 'terminate' }
  | { readonly verb: 'suspend' }
  | {
      readonly verb: 'set';
      /** Field selector of the suspended nodes. */
      readonly selector: string;
      readonly values: NodeValues;
    }
  | {
      readonly verb: 'resume';
      /** Field selector of the nodes. @default all suspended ones, and the run itself */
      readonly selector?: string;
      readonly outputs: Readonly<Record<string, string>>;
    };

export interface ControlAnswer {
  readonly error?: string;
  readonly workflow?: WorkflowObject;
  /** What went on or was changed. */
  readonly nodes?: readonly string[];
}

export type ControlHandler = (request: ControlRequest) => Promise<ControlAnswer>;

/** A socket's path is limited to some 100 bytes. */
const LONGEST_PATH = 100;
const LONGEST_REQUEST = 1_000_000;

export function socketPath(folder: string): string {
  const beside = join(folder, 'control.sock');
  if (process.platform === 'win32') return `\\\\.\\pipe\\argosy-${hashOf(folder)}`;
  return Buffer.byteLength(beside) <= LONGEST_PATH ? beside : join(tmpdir(), `argosy-${hashOf(folder)}.sock`);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

export interface ControlServer {
  readonly close: () => Promise<void>;
}

export async function serveControl(folder: string, handler: ControlHandler): Promise<ControlServer> {
  const path = socketPath(folder);
  await rm(path, { force: true });
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    answer(socket, handler);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        // Answers on their way still leave.
        setTimeout(() => {
          for (const socket of sockets) socket.destroy();
        }, 200).unref();
      });
      await rm(path, { force: true });
    },
  };
}

function answer(socket: Socket, handler: ControlHandler): void {
  let text = '';
  socket.setEncoding('utf8');
  const reply = (value: ControlAnswer) => socket.end(`${JSON.stringify(value)}\n`);
  socket.on('data', (chunk: string) => {
    text += chunk;
    if (text.length > LONGEST_REQUEST) socket.destroy();
    const end = text.indexOf('\n');
    if (end < 0) return;
    const request = text.slice(0, end);
    text = '';
    Promise.resolve()
      .then(() => handler(JSON.parse(request) as ControlRequest))
      .then(reply, (error: Error) => reply({ error: error.message }));
  });
}

/** Undefined when nobody answers: the process that ran it is gone. */
export function askControl(folder: string, request: ControlRequest): Promise<ControlAnswer | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath(folder));
    let text = '';
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', () => resolve(undefined));
    socket.on('close', () => {
      try {
        resolve(text === '' ? undefined : (JSON.parse(text) as ControlAnswer));
      } catch {
        resolve(undefined);
      }
    });
  });
}
