/** Finds the cases of a suite of recorded runs, and compiles each with the objects that lie beside it. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { ConfigMap } from '../../lib/argo/workflow.ts';
import { type ParsedDocument, parse } from '../../lib/compiler/1-parse/parse.ts';
import { analyze } from '../../lib/compiler/2-analyze/analyze.ts';
import { type Compiled, compileWorkflow } from '../../lib/compiler/compile.ts';
import type { Diagnostic } from '../../lib/diagnostics/diagnostic.ts';
import type { RunStart } from '../../lib/local/run-context.ts';
import type { Expected } from './argo-case.ts';

export interface RunCase {
  readonly name: string;
  readonly file: string;
  readonly companions: readonly string[];
  /** Which document of the file is run. */
  readonly index: number | undefined;
  readonly expected: Expected;
}

export function isUpstream(path: string): boolean {
  return existsSync(join(path, 'expected'));
}

export function casesOf(path: string): readonly RunCase[] {
  return isUpstream(path) ? upstreamCases(path) : folderCases(path);
}

function folderCases(path: string): readonly RunCase[] {
  const fixtures = join(dirname(path), 'fixtures.yaml');
  return readdirSync(path)
    .filter((name) => existsSync(join(path, name, 'expected.json')))
    .map((name) => ({
      name,
      file: join(path, name, 'workflow.yaml'),
      companions: existsSync(fixtures) ? [fixtures] : [],
      index: undefined,
      expected: JSON.parse(readFileSync(join(path, name, 'expected.json'), 'utf8')) as Expected,
    }));
}

function upstreamCases(path: string): readonly RunCase[] {
  const root = join(path, 'expected');
  const fixtures = join(dirname(path), 'fixtures.yaml');
  return filesBelow(root)
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const place = relative(root, file).replace(/\.json$/, '');
      const numbered = /^(.*\.ya?ml)\.(\d+)$/.exec(place);
      const source = join(path, 'yaml', numbered?.[1] ?? place);
      const yaml = existsSync(source) ? source : `${source}.yaml`;
      return {
        name: place,
        file: yaml,
        companions: [...companionsOf(path, yaml), ...(existsSync(fixtures) ? [fixtures] : [])],
        index: numbered ? Number(numbered[2]) : 0,
        expected: JSON.parse(readFileSync(file, 'utf8')) as Expected,
      };
    });
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const file = join(folder, name);
    return statSync(file).isDirectory() ? filesBelow(file) : [file];
  });
}

/** YAML of the same folder and its direct subfolders; for subfolders of examples, that of examples too. */
function companionsOf(path: string, file: string): readonly string[] {
  const folder = dirname(file);
  const examples = join(path, 'yaml', 'examples');
  const folders = [folder, ...subfolders(folder)];
  if (folder.startsWith(`${examples}/`)) folders.push(examples, ...subfolders(examples));
  return [...new Set(folders)].flatMap((one) =>
    readdirSync(one)
      .filter((name) => /\.ya?ml$/.test(name))
      .map((name) => join(one, name))
      .filter((other) => other !== file),
  );
}

function subfolders(folder: string): readonly string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((one) => statSync(one).isDirectory());
}

const COMPANION_KINDS = new Set(['WorkflowTemplate', 'ClusterWorkflowTemplate', 'ConfigMap', 'Secret']);
const RUNNABLE = new Set(['Workflow', 'CronWorkflow', 'WorkflowTemplate', 'ClusterWorkflowTemplate']);

const companionCache = new Map<string, readonly ParsedDocument[]>();

function companionDocuments(file: string): readonly ParsedDocument[] {
  const known = companionCache.get(file);
  if (known) return known;
  const { documents } = parse([{ path: file, text: readFileSync(file, 'utf8') }]);
  const kept = documents.filter((one) => COMPANION_KINDS.has(one.kind));
  companionCache.set(file, kept);
  return kept;
}

/** A run that Argo ended before it made a node, or whose root it could not find a template for. */
export function isRefusal(expected: Expected): boolean {
  const nodes = expected.nodes ?? [];
  const isBad = expected.phase === 'Failed' || expected.phase === 'Error';
  if (nodes.length === 0) return isBad;
  return isBad && nodes.length === 1 && /^invalid spec|not found/.test(expected.message ?? '');
}

/** What is run, and the objects that it may read, by `kind/name`. */
export interface PreparedCase {
  readonly compiled: Compiled;
  readonly start: Pick<RunStart, 'name' | 'namespace' | 'metadata' | 'spec' | 'arguments'>;
  readonly objects: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

export type Preparation = PreparedCase | { readonly refused: string };

export function prepareCase(one: RunCase): Preparation {
  const parsed = parse([{ path: one.file, text: readFileSync(one.file, 'utf8') }]);
  const chosen =
    one.index === undefined
      ? (parsed.documents.find((doc) => doc.kind === 'Workflow') ??
        parsed.documents.find((doc) => doc.kind === 'CronWorkflow') ??
        parsed.documents.find((doc) => RUNNABLE.has(doc.kind)))
      : (parsed.documents.find((doc) => doc.documentIndex === one.index) ?? parsed.documents[one.index]);
  const errors = (list: readonly Diagnostic[]) => list.filter((each) => each.severity === 'error');
  if (chosen === undefined)
    return { refused: `nothing to run: ${errors(parsed.diagnostics)[0]?.message ?? ''}` };
  const others = parsed.documents.filter((doc) => doc !== chosen && COMPANION_KINDS.has(doc.kind));
  const known = new Set([chosen, ...others].map((doc) => `${doc.kind}/${doc.name}`));
  const companions = [
    ...others,
    ...one.companions.flatMap(companionDocuments).filter((doc) => {
      const key = `${doc.kind}/${doc.name}`;
      return !known.has(key) && known.add(key) !== undefined;
    }),
  ];
  const analysis = analyze([chosen], { mode: 'run', companions, warnings: false });
  const [fault] = errors(analysis.diagnostics);
  if (fault !== undefined) return { refused: `refused: ${fault.code} ${fault.message}` };
  const workflow = analysis.workflows[0];
  if (workflow === undefined) return { refused: 'nothing to run' };
  const compiled = compileWorkflow(analysis, workflow, { prefix: 'argosy-' });
  const { value } = workflow.document;
  const metadata = value.kind === 'CronWorkflow' ? (value.spec.workflowMetadata ?? {}) : value.metadata;
  const base = value.metadata.name ?? `${value.metadata.generateName ?? ''}run`;
  const isNamed = value.kind !== 'Workflow' && value.metadata.name !== undefined;
  const { spec, arguments: given } = workflow;
  const namespace = value.metadata.namespace ?? 'default';
  const start = { name: isNamed ? `${base}-run` : base, namespace, metadata, spec, arguments: given };
  return { compiled, start, objects: objectsOf([...analysis.stores.configMaps.values()], companions) };
}

function objectsOf(
  configMaps: readonly ConfigMap[],
  companions: readonly ParsedDocument[],
): PreparedCase['objects'] {
  const objects = new Map<string, Readonly<Record<string, string>>>(
    configMaps.map((map) => [`configMap/${map.metadata.name}`, map.data ?? {}]),
  );
  for (const doc of companions) {
    if (doc.value.kind === 'Secret')
      objects.set(`secret/${doc.name}`, { ...doc.value.data, ...doc.value.stringData });
  }
  return objects;
}
