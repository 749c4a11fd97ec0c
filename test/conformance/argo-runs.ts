/** The suites of recorded runs: argo-cases, argo-random, argo-upstream. Each case is run here on the process engine. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { HistoryEvent } from '../../lib/asl/history-event.ts';
import { type ParsedDocument, parse } from '../../lib/compiler/1-parse/parse.ts';
import { readYamlValue } from '../../lib/compiler/1-parse/plain-value.ts';
import { analyze } from '../../lib/compiler/2-analyze/analyze.ts';
import { compileWorkflow } from '../../lib/compiler/compile.ts';
import type { Diagnostic } from '../../lib/diagnostics/diagnostic.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { createProcessEngine } from '../../lib/engines/process/engine.ts';
import { runContextOf } from '../../lib/local/run-context.ts';
import { startLocalRun } from '../../lib/local/run-local.ts';
import { realClock } from '../../lib/runtime/index.ts';
import { folderStore } from '../../lib/store/folder-store.ts';
import { compareRun, type Expected } from './argo-case.ts';
import { runCases, type SuiteOptions, type SuiteResult } from './suite.ts';

export interface RunCase {
  readonly name: string;
  readonly file: string;
  readonly companions: readonly string[];
  /** Which document of the file is run. */
  readonly index: number | undefined;
  readonly expected: Expected;
}

/** The longest published example sleeps for two minutes. */
const TIMEOUT_MILLISECONDS = 160_000;

export async function runArgoSuite(suite: string, path: string, options: SuiteOptions): Promise<SuiteResult> {
  const upstream = existsSync(join(path, 'expected'));
  const cases = upstream ? upstreamCases(path) : folderCases(path);
  const tools = [join(path, 'images'), join(dirname(path), 'argo-cases', 'images')].filter((one) =>
    existsSync(one),
  );
  const engine = await createProcessEngine({
    toolPaths: tools.slice(0, 1),
    sidecars: !upstream,
    ...(upstream ? { daemons: 'pretend', daemonIp: '10.0.0.1' } : {}),
  });
  try {
    const result = await runCases(cases, (one) => checkCase(one, engine, options.onRun), options);
    return { suite, path, skipped: 0, ...result };
  } finally {
    await engine.close();
  }
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

type OnRun = SuiteOptions['onRun'];

async function checkCase(one: RunCase, engine: Engine, onRun: OnRun): Promise<string | undefined> {
  try {
    return await Promise.race([
      checkRun(one, engine, onRun),
      new Promise<string>((resolve) => {
        setTimeout(() => resolve('did not end in time'), TIMEOUT_MILLISECONDS).unref();
      }),
    ]);
  } catch (thrown) {
    return `threw: ${thrown instanceof Error ? thrown.stack : String(thrown)}`;
  }
}

/** A spec that Argo refuses is one it gave no nodes but, at most, the root's. */
function isRefusal(expected: Expected): boolean {
  const nodes = expected.nodes ?? [];
  return (
    (expected.phase === 'Failed' || expected.phase === 'Error') &&
    nodes.length <= 1 &&
    /^invalid spec|not found/.test(expected.message ?? '')
  );
}

async function checkRun(one: RunCase, engine: Engine, onRun: OnRun): Promise<string | undefined> {
  const parsed = parse([{ path: one.file, text: readFileSync(one.file, 'utf8') }]);
  const chosen =
    one.index === undefined
      ? (parsed.documents.find((doc) => doc.kind === 'Workflow') ??
        parsed.documents.find((doc) => doc.kind === 'CronWorkflow') ??
        parsed.documents.find((doc) => RUNNABLE.has(doc.kind)))
      : (parsed.documents.find((doc) => doc.documentIndex === one.index) ?? parsed.documents[one.index]);
  const refused = isRefusal(one.expected);
  const errors = (list: readonly Diagnostic[]) => list.filter((each) => each.severity === 'error');
  if (chosen === undefined)
    return refused ? undefined : `nothing to run: ${errors(parsed.diagnostics)[0]?.message ?? ''}`;
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
  const faults = errors(analysis.diagnostics);
  if (faults.length > 0)
    return refused || one.expected.endless ? undefined : `refused: ${faults[0]?.code} ${faults[0]?.message}`;
  const workflow = analysis.workflows[0];
  if (workflow === undefined) return refused ? undefined : 'nothing to run';
  const compiled = compileWorkflow(analysis, workflow, { prefix: 'argosy-' });
  const { value } = workflow.document;
  const template = value.kind !== 'Workflow';
  const metadata = value.kind === 'CronWorkflow' ? (value.spec.workflowMetadata ?? {}) : value.metadata;
  const base = value.metadata.name ?? `${value.metadata.generateName ?? ''}run`;
  const name = template && value.metadata.name !== undefined ? `${base}-run` : base;
  const folder = mkdtempSync(join(tmpdir(), 'argosy-case-'));
  const claims = join(folder, 'claims');
  mkdirSync(claims);
  const objects = new Map(
    [...analysis.stores.configMaps.values()].map((map) => [`configMap/${map.metadata.name}`, map.data ?? {}]),
  );
  for (const doc of companions) {
    if (doc.value.kind === 'Secret')
      objects.set(`secret/${doc.name}`, { ...doc.value.data, ...doc.value.stringData });
  }
  const abort = new AbortController();
  try {
    const run = startLocalRun({
      compiled,
      run: runContextOf({
        name,
        namespace: value.metadata.namespace ?? 'default',
        uid: '00000000-0000-4000-8000-000000000000',
        now: Date.now(),
        metadata,
        spec: workflow.spec,
        arguments: workflow.arguments,
        parameters: {},
      }),
      prefix: 'argosy-',
      clock: realClock(),
      engine,
      blobs: folderStore(join(folder, 'store')),
      objects: async (kind, object) => objects.get(`${kind}/${object}`),
      claims,
      readYaml: readYamlValue,
      signal: abort.signal,
      resumeWhenIdle: true,
    });
    const limit = setTimeout(() => abort.abort(), TIMEOUT_MILLISECONDS - 5000);
    const { status, execution, children } = await run.result;
    onRun?.(costOf(one.name, status.phase, [execution.events, ...children]));
    clearTimeout(limit);
    if (refused && status.phase === one.expected.phase && status.message) return undefined;
    return compareRun(one.expected, status);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function costOf(
  name: string,
  phase: string,
  histories: readonly (readonly HistoryEvent[])[],
): Parameters<NonNullable<OnRun>>[0] {
  const events = histories.flat();
  const isRunTask = (event: HistoryEvent) => event.taskScheduledEventDetails?.resourceType === 'ecs';
  return {
    name,
    phase,
    events: events.length,
    transitions: events.filter((event) => event.type.endsWith('StateEntered')).length,
    attempts: events.filter(isRunTask).length,
  };
}
