/** Finds suites by what lies in folders, whatever these are called. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

export type SuiteKind = 'argo-runs' | 'argo-lint' | 'argo-expressions' | 'asl-recorded-on-aws';

export interface FoundSuite {
  readonly kind: SuiteKind;
  /** The name that is printed: that of the folder. */
  readonly suite: string;
  readonly path: string;
}

const DEEPEST = 6;

export function findSuites(paths: readonly string[]): readonly FoundSuite[] {
  const found = new Map<string, FoundSuite>();
  for (const path of paths) search(path, 0, found);
  return [...found.values()];
}

function search(path: string, depth: number, found: Map<string, FoundSuite>): void {
  if (depth > DEEPEST || !statSync(path).isDirectory()) return;
  const names = readdirSync(path).sort();
  const kind = kindOf(path, names);
  if (kind !== undefined) {
    found.set(path, { kind, suite: basename(path), path });
    return;
  }
  for (const name of names) {
    if (name === 'node_modules' || name.startsWith('.')) continue;
    search(join(path, name), depth + 1, found);
  }
}

function kindOf(path: string, names: readonly string[]): SuiteKind | undefined {
  const has = (name: string) => names.includes(name);
  if (has('expected') && has('yaml')) return 'argo-runs';
  if (has('cases.json') && isRecorded(join(path, 'cases.json'))) return 'asl-recorded-on-aws';
  if (has('expected.json') && isVerdicts(join(path, 'expected.json'))) return 'argo-lint';
  if (names.some((name) => isVectors(path, name))) return 'argo-expressions';
  const isCase = (name: string) =>
    existsSync(join(path, name, 'workflow.yaml')) && existsSync(join(path, name, 'expected.json'));
  return names.some(isCase) ? 'argo-runs' : undefined;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function isRecorded(file: string): boolean {
  const content = readJson(file) as
    | { readonly cases?: readonly { readonly definition?: unknown }[] }
    | undefined;
  return Array.isArray(content?.cases) && content.cases.some((one) => one.definition !== undefined);
}

function isVerdicts(file: string): boolean {
  const content = readJson(file) as readonly { readonly file?: unknown; readonly valid?: unknown }[];
  return (
    Array.isArray(content) &&
    content.every((one) => typeof one.file === 'string' && typeof one.valid === 'boolean')
  );
}

/** Groups of vectors, each with an id; the group is the file's name. */
export const VECTOR_GROUPS = [
  'template',
  'expr',
  'sprig',
  'when',
  'depends',
  'items',
  'duration',
  'outputs',
  'labelSelector',
  'cron',
] as const;

export type VectorGroup = (typeof VECTOR_GROUPS)[number];

export function vectorFile(path: string, group: VectorGroup): string | undefined {
  const file = join(path, `${group}.json`);
  return existsSync(file) ? file : undefined;
}

function isVectors(path: string, name: string): boolean {
  const group = VECTOR_GROUPS.find((one) => `${one}.json` === name);
  if (group === undefined) return false;
  const content = readJson(join(path, name)) as readonly { readonly id?: unknown }[] | undefined;
  return Array.isArray(content) && content.length > 0 && typeof content[0]?.id === 'string';
}
