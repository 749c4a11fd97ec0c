/** How long the program takes in a process of its own, beside a bare `node -e 0`. */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure } from './events.ts';
import { denseDagYaml, stepsYaml } from './generate.ts';
import { processTime } from './process-time.ts';

/** Milliseconds, and how many times as long as bare Node. `folder` holds YAML, if there is any to lint. */
export function startFigures(cli: string, folder: string | undefined): readonly Figure[] {
  const work = mkdtempSync(join(tmpdir(), 'argosy-bench-'));
  const one = join(work, 'one.yaml');
  const dag = join(work, 'dag.yaml');
  writeFileSync(one, stepsYaml(3, 2));
  writeFileSync(dag, denseDagYaml(2_000));
  const figure = (name: string, argv: readonly string[], times: number, more: object = {}): Figure => {
    const { time: value, bare } = processTime([cli, ...argv], { times });
    return [
      name,
      value,
      'ms',
      { bareNode: Math.round(bare), ratio: Math.round((value / bare) * 100) / 100, ...more },
    ];
  };
  try {
    return [
      figure('start of --help', ['--help'], 9),
      figure('lint of one file, cold', ['lint', one], 9),
      figure('lint of a DAG of 2000 tasks with three dependencies each, cold', ['lint', dag], 5),
      ...(folder === undefined
        ? []
        : [figure('lint of a folder, cold', ['lint', folder], 5, { files: yamlBelow(folder).length })]),
    ];
  } finally {
    rmSync(work, { recursive: true });
  }
}

export function yamlBelow(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return yamlBelow(path);
    return /\.ya?ml$/.test(name) ? [path] : [];
  });
}
