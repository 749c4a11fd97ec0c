/** Whether the other interpreter is there, in the version whose inside the launcher knows. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is missing, and how to get it; undefined where all is there. */
export function missingMoto(python: string, folder: string): string | undefined {
  const requirements = join(folder, 'requirements.txt');
  const [, wanted] = /^moto\[stepfunctions\]==(\S+)$/m.exec(readFileSync(requirements, 'utf8')) ?? [];
  const code =
    'import antlr4, moto, moto.stepfunctions.parser.backend.execution_worker; print(moto.__version__)';
  const { status, stdout } = spawnSync(python, ['-c', code], { encoding: 'utf8' });
  const found = status === 0 ? stdout.trim() : undefined;
  if (found === wanted) return undefined;
  return [
    `${python} has ${found === undefined ? 'no moto' : `moto ${found}`}; ${wanted} is needed:`,
    `  python3 -m venv VENV && VENV/bin/pip install -r ${requirements}`,
    `  npm run second-opinion -- --python VENV/bin/python`,
  ].join('\n');
}
