/** Where the program reads and writes: given as one object, so that tests can look. */
import { createColors } from 'picocolors';

export type Colors = ReturnType<typeof createColors>;

export interface Stream {
  readonly write: (text: string) => void;
  readonly isTty: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly colors: Colors;
}

export interface Terminal {
  readonly out: Stream;
  readonly err: Stream;
  readonly readInput: () => Promise<string>;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls back on Ctrl-C and on a polite request to end; answers what takes the callback away. */
  readonly onInterrupt: (listener: () => void) => () => void;
}

export function processTerminal(): Terminal {
  const { stdout, stderr, stdin, env } = process;
  stdout.on('error', endQuietly);
  stderr.on('error', endQuietly);
  return {
    out: streamOf(stdout, env),
    err: streamOf(stderr, env),
    readInput: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString('utf8');
    },
    cwd: process.cwd(),
    env,
    onInterrupt: (listener) => {
      process.on('SIGINT', listener);
      process.on('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener);
        process.off('SIGTERM', listener);
      };
    },
  };
}

/** Whoever read our output has gone, such as `head`. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

function streamOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Stream {
  return {
    write: (text) => void stream.write(text),
    isTty: stream.isTTY === true && env['CI'] === undefined,
    get columns() {
      return stream.columns ?? 120;
    },
    get rows() {
      return stream.rows ?? 40;
    },
    colors: createColors(wantsColor(stream.isTTY === true, env)),
  };
}

/** https://no-color.org and https://force-color.org; an empty NO_COLOR does not count. */
export function wantsColor(isTty: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env['NO_COLOR']) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTty && env['TERM'] !== 'dumb';
}
