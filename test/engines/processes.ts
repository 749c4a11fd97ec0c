/** What runs on this machine, for tests that look for what is left. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Process {
  readonly pid: number;
  /** As `ps` shows it. */
  readonly command: string;
}

function processes(): readonly Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return [{ pid: Number(name), command }];
      } catch {
        return []; // it has ended
      }
    });
}

/** Those that show the text in their command. */
export function running(text: string): readonly Process[] {
  return processes().filter(({ command }) => command.includes(text));
}

export async function untilTrue(test: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await test()) return;
    await sleep(25);
  }
  throw new Error('it never came true');
}
