/** Values given on the command line: `-p name=value`, `--parameter-file`, labels. */
import { resolve } from 'node:path';
import { readYamlValue } from '../compiler/1-parse/plain-value.ts';
import { CliError } from './exit-code.ts';
import { readText } from './files.ts';

type Values = Readonly<Record<string, string>>;

export function parsePairs(pairs: readonly string[], what: string): Values {
  const values: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at <= 0) throw new CliError(`${pair} is no ${what}: write NAME=VALUE`);
    values[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return values;
}

/** A YAML or JSON map; values that are no texts become their JSON, as Argo makes them. */
export async function readParameterFile(file: string | undefined, cwd: string): Promise<Values> {
  if (file === undefined) return {};
  let value: unknown;
  try {
    value = readYamlValue(readText(resolve(cwd, file)));
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${file}: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CliError(`${file} holds no map of parameters`);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, typeof one === 'string' ? one : JSON.stringify(one)]),
  );
}

export function parseLabels(text: string | undefined): Values {
  return text === undefined ? {} : parsePairs(text.split(','), 'label');
}
