/** How long Node takes with a program in a process of its own, beside a bare `node -e 0`. */
import { spawnSync } from 'node:child_process';

export interface ProcessTime {
  /** Milliseconds. */
  readonly time: number;
  readonly bare: number;
}

export interface Started {
  /** How often. @default 9 */
  readonly times?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Throws where the program did not do what is measured. */
  readonly check?: (stderr: string) => void;
}

/** The fastest of several starts, in turn with those of bare Node, since other work on the machine only makes them slower. */
export function processTime(
  argv: readonly string[],
  { times = 9, env = process.env, check }: Started = {},
): ProcessTime {
  const spent = (given: readonly string[]) => {
    const began = performance.now();
    const { stderr } = spawnSync(process.execPath, given, { env, encoding: 'utf8' });
    const time = performance.now() - began;
    check?.(stderr);
    return time;
  };
  const pairs = Array.from({ length: times }, () => [spent(['-e', '0']), spent(argv)] as const);
  return {
    bare: Math.min(...pairs.map(([bare]) => bare)),
    time: Math.min(...pairs.map(([, time]) => time)),
  };
}
