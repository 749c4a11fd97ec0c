/**
 * Templates, ConfigMaps and CronWorkflows that were uploaded: each file that holds any is kept as it was,
 * below `templates/`.
 */
import { type ParsedDocument, parse } from '../compiler/1-parse/parse.ts';
import { analyze } from '../compiler/2-analyze/analyze.ts';
import { checkSupport } from '../compiler/2-analyze/check-support.ts';
import { diagnosticOf, sortDiagnostics } from '../diagnostics/collector.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Source } from '../diagnostics/source.ts';
import { parseCronSchedule } from '../expression/cron/schedule.ts';
import { hasErrors } from '../local/prepare.ts';
import type { AwsWorld } from './aws-world.ts';
import { schedulerExpressions } from './cron-expression.ts';
import { putSchedules, removeSchedules } from './cron-schedules.ts';
import { forgetCron } from './cron-state.ts';
import { configMapKey, LIBRARY_FILES, libraryKey } from './library-keys.ts';

const KEPT_KINDS: ReadonlySet<string> = new Set([
  'WorkflowTemplate',
  'ClusterWorkflowTemplate',
  'ConfigMap',
  'CronWorkflow',
]);
const AT_ONCE = 16;
const MOST_ROUNDS = 20;

export function keptDocuments(documents: readonly ParsedDocument[]): readonly ParsedDocument[] {
  return documents.filter(({ kind }) => KEPT_KINDS.has(kind));
}

/** All files that are kept but the one given, which is looked at as it was uploaded. */
export async function readLibrary(world: AwsWorld, but?: string): Promise<readonly ParsedDocument[]> {
  const found = (await world.blobs.list(LIBRARY_FILES)).filter(
    ({ key }) => but === undefined || key !== libraryKey(but),
  );
  const sources: Source[] = [];
  for (let at = 0; at < found.length; at += AT_ONCE) {
    const read = await Promise.all(
      found.slice(at, at + AT_ONCE).map(async ({ key }) => await readSource(world, key)),
    );
    sources.push(...read.flat());
  }
  return keptDocuments(parse(sources).documents);
}

/** A kept file by the key under which it was uploaded. */
export async function keptSource(world: AwsWorld, key: string): Promise<Source | undefined> {
  return (await readSource(world, libraryKey(key)))[0];
}

async function readSource(world: AwsWorld, key: string): Promise<readonly Source[]> {
  const bytes = await world.blobs.get(key);
  const path = `workflows/${key.slice(LIBRARY_FILES.length)}`;
  return bytes === undefined ? [] : [{ path, text: new TextDecoder().decode(bytes) }];
}

/**
 * Makes what is kept of a file what its newest version says, whatever event told us to look: events come
 * late, twice and
 * out of order, so only what lies in the bucket counts. Whoever writes looks again afterwards, so the last
 * one is right.
 */
export async function reconcileFile(world: AwsWorld, key: string): Promise<readonly Diagnostic[]> {
  const { objects } = world.clients;
  const { bucket } = world.environment;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const newest = await objects.get(bucket, key);
    const text = newest === undefined ? undefined : new TextDecoder().decode(newest.body);
    const diagnostics = await keep(world, key, text);
    const after = await objects.head(bucket, key);
    if (versionOf(after) === versionOf(newest)) return diagnostics;
  }
  throw new Error(`${key} changes faster than it can be read`);
}

function versionOf(
  object: { readonly versionId?: string; readonly etag?: string } | undefined,
): string | undefined {
  return object && `${object.versionId ?? ''} ${object.etag ?? ''}`;
}

/** A version with errors changes nothing, as `kubectl apply` would not. */
async function keep(world: AwsWorld, key: string, text: string | undefined): Promise<readonly Diagnostic[]> {
  const place = libraryKey(key);
  const old = (await readSource(world, place))[0]?.text;
  if (text === undefined && old === undefined) return [];
  const parsed = parse(text === undefined ? [] : [{ path: key, text }]);
  const kept = keptDocuments(parsed.documents);
  if (kept.length === 0 && old === undefined) return [];
  const analysis = analyze(kept, { mode: 'lint', companions: await readLibrary(world, key) });
  const diagnostics = sortDiagnostics([
    ...parsed.diagnostics,
    ...analysis.diagnostics,
    ...checkSupport(kept),
    ...kept.flatMap(checkSchedules),
  ]);
  if (hasErrors(diagnostics)) return diagnostics;
  const before = old === undefined ? [] : keptDocuments(parse([{ path: key, text: old }]).documents);
  const gone = before.filter((one) => !kept.some((other) => identity(other) === identity(one)));
  for (const document of gone) await remove(world, document);
  if (kept.length > 0 && text !== undefined) await world.blobs.put(place, text);
  for (const document of kept) await add(world, key, document);
  if (kept.length === 0) await world.blobs.delete(place);
  return diagnostics;
}

/** What cron can say and EventBridge Scheduler cannot. */
function checkSchedules({ value, spans }: ParsedDocument): readonly Diagnostic[] {
  if (value.kind !== 'CronWorkflow') return [];
  const { schedules = [], timezone = '' } = value.spec;
  return schedules.flatMap((schedule, index) => {
    const translated = schedulerExpressions(schedule, timezone);
    if (translated.ok || !parseCronSchedule(schedule, timezone).ok) return [];
    return [diagnosticOf('invalid-schedule', spans.of(schedules, index), translated.error)];
  });
}

function identity({ kind, name, value }: ParsedDocument): string {
  return `${kind}/${value.metadata.namespace ?? 'default'}/${name}`;
}

/**
 * What is looked up without parsing YAML is kept apart: ConfigMaps for containers, schedules for the
 * Scheduler.
 */
async function add(world: AwsWorld, key: string, { value, name }: ParsedDocument): Promise<void> {
  const namespace = value.metadata.namespace ?? 'default';
  if (value.kind === 'ConfigMap')
    await world.blobs.put(configMapKey(namespace, name), JSON.stringify(value.data ?? {}));
  if (value.kind === 'CronWorkflow') await putSchedules(world, key, value);
}

async function remove(world: AwsWorld, { value, name }: ParsedDocument): Promise<void> {
  const namespace = value.metadata.namespace ?? 'default';
  if (value.kind === 'ConfigMap') await world.blobs.delete(configMapKey(namespace, name));
  if (value.kind !== 'CronWorkflow') return;
  await removeSchedules(world, namespace, name);
  await forgetCron(world, `${namespace}/${name}`);
}
