/**
 * Uploads and deletions of workflow files: runs are started, templates and schedules kept, mistakes written
 * beside the file.
 */
import type { Workflow } from '../argo/workflow.ts';
import { type ParsedDocument, parse } from '../compiler/1-parse/parse.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../diagnostics/render.ts';
import { hasErrors } from '../local/prepare.ts';
import type { AwsWorld } from './aws-world.ts';
import { asBag, asText } from './bag.ts';
import type { StoredObject } from './clients.ts';
import { keptDocuments, readLibrary, reconcileFile } from './library.ts';
import type { RunRecord } from './run-index.ts';
import { runNames } from './run-names.ts';
import { answerRequest, isRequest } from './run-requests.ts';
import { startRun } from './start-run.ts';

export interface Submitted {
  readonly runs: readonly RunRecord[];
  readonly diagnostics: readonly Diagnostic[];
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
export async function submitEvent(world: AwsWorld, event: unknown): Promise<Submitted> {
  const { 'detail-type': kind, detail } = asBag(event);
  const object = asBag(asBag(detail)['object']);
  const key = asText(object['key']);
  if (key === undefined) return { runs: [], diagnostics: [] };
  if (isRequest(key)) {
    const record =
      kind === 'Object Created' ? await answerRequest(world, key, asText(object['version-id'])) : undefined;
    return { runs: record === undefined ? [] : [record], diagnostics: [] };
  }
  if (kind !== 'Object Created') return { runs: [], diagnostics: await reconcileFile(world, key) };
  return await submitFile(world, key, asText(object['version-id']));
}

/** A file of which only the newest version is known is taken by its entity tag. */
export async function submitFile(world: AwsWorld, key: string, versionId?: string): Promise<Submitted> {
  const { bucket } = world.environment;
  const uploaded = await world.clients.objects.get(bucket, key, versionId);
  const started =
    uploaded === undefined ? { runs: [], diagnostics: [] } : await startAll(world, key, uploaded);
  const diagnostics = [...started.diagnostics, ...(await reconcileFile(world, key))];
  await report(world, key, uploaded, unique(diagnostics));
  return { runs: started.runs, diagnostics: unique(diagnostics) };
}

async function startAll(world: AwsWorld, key: string, uploaded: StoredObject): Promise<Submitted> {
  const text = new TextDecoder().decode(uploaded.body);
  const parsed = parse([{ path: key, text }]);
  const diagnostics: Diagnostic[] = [...parsed.diagnostics];
  const workflows = parsed.documents.filter(
    (one): one is ParsedDocument<Workflow> => one.kind === 'Workflow',
  );
  const runs: RunRecord[] = [];
  if (workflows.length === 0 || hasErrors(diagnostics)) return { runs, diagnostics };
  const companions = [...keptDocuments(parsed.documents), ...(await readLibrary(world, key))];
  const version = uploaded.versionId ?? uploaded.etag ?? '';
  const { bucket } = world.environment;
  for (const document of workflows) {
    const place = document.documentIndex === 0 ? [] : [String(document.documentIndex)];
    const started = await startRun(world, {
      document,
      companions,
      names: runNames(bucket, key, version, ...place),
      source: `s3://${bucket}/${key}?versionId=${version}`,
    });
    diagnostics.push(...started.diagnostics);
    if (started.record !== undefined) runs.push(started.record);
  }
  return { runs, diagnostics };
}

/** An old version whose event comes late must not overwrite what is said about the newest one. */
async function report(
  world: AwsWorld,
  key: string,
  uploaded: StoredObject | undefined,
  diagnostics: readonly Diagnostic[],
): Promise<void> {
  const { bucket } = world.environment;
  const isWrong = hasErrors(diagnostics);
  if (diagnostics.length > 0)
    world.clients.log({
      level: isWrong ? 'error' : 'warn',
      file: key,
      diagnostics: renderDiagnostics(diagnostics),
    });
  const newest = await world.clients.objects.head(bucket, key);
  if (newest?.versionId !== uploaded?.versionId || newest?.etag !== uploaded?.etag) return;
  const beside = `${key}.errors.txt`;
  if (isWrong) await world.clients.objects.put(bucket, beside, renderDiagnostics(diagnostics));
  else await world.clients.objects.delete(bucket, beside);
}

/** A file that holds both runs and templates is looked at twice. */
function unique(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, message, span }) => {
    const text = JSON.stringify([code, message, span?.source.path, span?.start]);
    return !seen.has(text) && seen.add(text);
  });
}
