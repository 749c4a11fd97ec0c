/** `argosy version`. */
import { readFile } from 'node:fs/promises';
import { EXIT } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';

export async function version(flags: { readonly short?: boolean }, terminal: Terminal): Promise<number> {
  const number = await packageVersion();
  terminal.out.write(flags.short ? `argosy: ${number}\n` : versionText(number));
  return EXIT.ok;
}

function versionText(number: string): string {
  return `argosy: ${number}\n  Argo Workflows: v4.1.2\n  Node.js: ${process.version}\n  Platform: ${process.platform}/${process.arch}\n`;
}

/** The package's own file: two folders up from a bundled chunk, three from this source. */
async function packageVersion(): Promise<string> {
  for (const place of ['../package.json', '../../package.json', '../../../package.json']) {
    const text = await readFile(new URL(place, import.meta.url), 'utf8').catch(() => undefined);
    const found = text === undefined ? undefined : (JSON.parse(text) as { name?: string; version?: string });
    if (found?.name === 'argosy' && found.version !== undefined) return found.version;
  }
  return 'unknown';
}
