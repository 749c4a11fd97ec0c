/** Holds the shape of the project: who may import whom, where packages may be used, sizes, names, and words. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface File {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** What it imports, types and lazy imports included. */
  readonly imports: readonly string[];
}

/** Statements with their source, and lazy imports. */
const IMPORT = /^(?:import|export) (?:[^;'=()]*? from )?'([^']+)'|\bimport\('([^']+)'\)/gm;

const files = ['bin', 'lib', 'lambdas'].flatMap((folder) => filesBelow(folder));
const tests = filesBelow('test');

function filesBelow(folder: string): readonly File[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.tmp.ts'))
    .map((name) => {
      const path = join(folder, name);
      const text = readFileSync(join(root, path), 'utf8');
      const imports = [...text.matchAll(IMPORT)].map(([, from, lazy]) => (from ?? lazy)!);
      return { path, text, lines: text.split('\n'), imports };
    });
}

/** The room of a file: a folder of lib, a phase of the compiler, or a folder beside lib. */
function roomOf(path: string): string {
  const parts = path.split('/');
  if (parts[0] !== 'lib') return parts[0]!;
  if (parts[1] === 'compiler' && parts.length > 3) return `compiler/${parts[2]}`;
  return parts[1]!;
}

const FRONT = ['diagnostics', 'argo', 'asl', 'expression', 'protocol', 'evaluate'];

/** What each room may import besides itself (docs/decisions.md says why). */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  diagnostics: [],
  protocol: [],
  asl: [],
  argo: ['diagnostics'],
  expression: ['diagnostics', 'argo', 'asl'],
  evaluate: ['protocol', 'argo', 'expression'],
  'compiler/1-parse': [...FRONT],
  'compiler/2-analyze': [...FRONT, 'compiler/1-parse'],
  'compiler/3-lower': [...FRONT, 'compiler/1-parse', 'compiler/2-analyze'],
  'compiler/4-emit': [...FRONT, 'compiler/1-parse', 'compiler/2-analyze', 'compiler/3-lower'],
  compiler: [...FRONT, 'compiler/1-parse', 'compiler/2-analyze', 'compiler/3-lower', 'compiler/4-emit'],
  runtime: ['asl', 'protocol'],
  executor: ['protocol'],
  engines: ['runtime', 'protocol', 'executor'],
  store: ['protocol'],
  kubernetes: ['protocol', 'evaluate'],
  handlers: ['evaluate', 'expression', 'protocol', 'store', 'argo', 'kubernetes'],
  status: ['asl', 'protocol', 'argo', 'evaluate'],
};

/** Rooms that put the others together may import all but these. */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  local: ['cli', 'cdk', 'aws'],
  aws: ['cli', 'cdk', 'runtime', 'engines'],
  cli: ['cdk'],
  cdk: ['cli', 'runtime', 'engines', 'local'],
  lambdas: ['cli', 'cdk', 'runtime', 'engines'],
  bin: [],
};

test('rooms import only what they may', () => {
  const faults = files.flatMap(({ path, imports }) => {
    const from = roomOf(path);
    return imports
      .filter((name) => name.startsWith('.'))
      .map((name) => relative(root, resolve(root, dirname(path), name)))
      .map((target) => ({ target, to: roomOf(target) }))
      .filter(({ to }) => to !== from && !mayImport(from, to))
      .map(({ target }) => `${path} imports ${target}`);
  });
  expect(faults).toEqual([]);
});

function mayImport(from: string, to: string): boolean {
  const allowed = ALLOWED[from];
  if (allowed !== undefined) return allowed.includes(to);
  const forbidden = FORBIDDEN[from];
  return forbidden !== undefined && !forbidden.includes(to);
}

/** Packages and modules of Node that belong to certain places. */
const PLACES: readonly (readonly [packages: RegExp, places: RegExp])[] = [
  [/^yaml$/, /^lib\/compiler\/1-parse\//],
  [/^jsonata$/, /^lib\/asl\/jsonata\.ts$/],
  [/^commander$|^picocolors$/, /^lib\/cli\//],
  [/^node:(fs|fs\/promises|child_process)$/, /^(bin|lib\/(cli|engines|executor|store|cdk|aws))\//],
  [/^@aws-sdk\//, /^(lambdas|lib\/(aws|cli\/aws))\//],
  [/^(aws-cdk-lib|constructs)(\/|$)/, /^(bin|lib\/cdk)\//],
  [/^vitest$|^fast-check$/, /^test\//],
];

test('packages are used where they belong', () => {
  const faults = files.flatMap(({ path, imports }) =>
    imports
      .filter((name) => PLACES.some(([packages, places]) => packages.test(name) && !places.test(path)))
      .map((name) => `${path} imports ${name}`),
  );
  expect(faults).toEqual([]);
});

test('every package that is imported is declared', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    object | undefined
  >;
  const declared = {
    ...manifest['dependencies'],
    ...manifest['devDependencies'],
    ...manifest['peerDependencies'],
  };
  const names = files.flatMap(({ imports }) => imports).filter((name) => !/^(\.|node:)/.test(name));
  expect([...new Set(names.map(packageOf))].filter((name) => !Object.hasOwn(declared, name))).toEqual([]);
});

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Tables may be as long as what they list. */
const TABLES = [/\.generated\.ts$/, /\/catalogue\.ts$/, /\/support\.ts$/, /\/variables\.ts$/];
const isTable = (path: string) => TABLES.some((pattern) => pattern.test(path));

test('files hold one idea, in at most 400 lines', () => {
  const long = files
    .filter(({ path, lines }) => lines.length > 401 && !isTable(path))
    .map(({ path }) => path);
  expect(long).toEqual([]);
  const most = files.map(({ lines }) => lines.length).sort((a, b) => a - b);
  expect(most[Math.floor(most.length * 0.9)]).toBeLessThanOrEqual(250);
});

test('files are named after what they hold', () => {
  const vague = /^(utils?|common|types|helpers?|misc|constants|shared)\.ts$/;
  // A group of vectors is checked by the file of its name.
  const odd = [...files, ...tests.filter(({ path }) => !path.includes('/argo-expressions/'))]
    .map(({ path }) => basename(path))
    .filter(
      (name) =>
        vague.test(name) || !/^[a-z0-9]+(-[a-z0-9]+)*(\.(fuzz|test|generated|config))*\.ts$/.test(name),
    );
  expect(odd).toEqual([]);
});

test('every file of lib begins with what it is for', () => {
  const silent = files
    .filter(({ lines }) => !/^\/\*\*/.test(lines[0]!.startsWith('#!') ? (lines[1] ?? '') : lines[0]!))
    .map(({ path }) => path);
  expect(silent).toEqual([]);
});

/** Leftovers of work, and paths of one machine. */
const BANNED = [
  /\bTODO\b/,
  /\bFIXME\b/,
  /\bXXX\b/,
  /\bHACK\b/,
  /\/work\/main/,
  /\/root\//,
  /\/work\/shared/,
  /@ts-ignore/,
];

test('no leftovers', () => {
  const here = relative(root, fileURLToPath(import.meta.url));
  const found = [...files, ...tests]
    .filter(({ path }) => path !== here)
    .flatMap(({ path, lines }) =>
      lines.flatMap((line, at) => (BANNED.some((word) => word.test(line)) ? [`${path}:${at + 1}`] : [])),
    );
  expect(found).toEqual([]);
});

test('every file of lib is reached from a program, a function or the library', () => {
  const all = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const pending = files
    .filter(({ path }) => /^(bin|lambdas)\//.test(path) || path === 'lib/cdk/index.ts')
    .map(({ path }) => path);
  for (const { path, imports } of tests.filter(({ path: one }) => /^test\/(conformance|tools)\//.test(one)))
    for (const name of imports)
      if (name.startsWith('.')) pending.push(relative(root, resolve(root, dirname(path), name)));
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const file = all.get(path);
    if (file === undefined || reached.has(path)) continue;
    reached.add(path);
    for (const name of file.imports)
      if (name.startsWith('.')) pending.push(relative(root, resolve(root, dirname(path), name)));
  }
  expect([...all.keys()].filter((path) => !reached.has(path))).toEqual([]);
});
