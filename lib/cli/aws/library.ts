/** The templates and CronWorkflows that a runtime keeps: each in the uploaded file that it came with. */

import type { ArgoObject } from '../../argo/workflow.ts';
import { LIBRARY_FILES, libraryKey } from '../../aws/library-keys.ts';
import { type ParsedDocument, parse } from '../../compiler/1-parse/parse.ts';
import { lint } from '../../compiler/2-analyze/lint.ts';
import type { Source } from '../../diagnostics/source.ts';
import type { JsonValue } from '../../protocol/json.ts';
import { CliError, EXIT } from '../exit-code.ts';
import { readSources } from '../files.ts';
import { printYaml } from '../render/yaml.ts';
import { countText, reportDiagnostics } from '../report.ts';
import type { Terminal } from '../terminal.ts';
import type { Session } from './session.ts';
import { outcomeOf, upload } from './upload.ts';

const UPLOADS = 'workflows/';
const AT_ONCE = 8;

export type LibraryKind = 'WorkflowTemplate' | 'ClusterWorkflowTemplate' | 'CronWorkflow';

export interface Kept<T extends ArgoObject = ArgoObject> {
  readonly document: ParsedDocument<T>;
  /** Key of the uploaded file. */
  readonly file: string;
  /** When it was kept. */
  readonly at: Date | undefined;
}

export async function readKept<T extends ArgoObject>(
  session: Session,
  kind: T['kind'],
): Promise<readonly Kept<T>[]> {
  const { objects } = session.clients;
  const listed = await objects.list(session.bucket, LIBRARY_FILES);
  const found: Kept<T>[] = [];
  for (let at = 0; at < listed.length; at += AT_ONCE) {
    const read = await Promise.all(
      listed.slice(at, at + AT_ONCE).map(async ({ key, lastModified }) => {
        const object = await objects.get(session.bucket, key);
        const file = UPLOADS + key.slice(LIBRARY_FILES.length);
        const text = object === undefined ? '' : Buffer.from(object.body).toString('utf8');
        const { documents } = parse([{ path: file, text }], { strict: false });
        return documents
          .filter((one): one is ParsedDocument<T> => one.kind === kind)
          .map((document) => ({ document, file, at: lastModified }));
      }),
    );
    found.push(...read.flat());
  }
  return found.sort((a, b) => (a.document.name < b.document.name ? -1 : 1));
}

export async function findKept<T extends ArgoObject>(
  session: Session,
  kind: T['kind'],
  name: string,
): Promise<Kept<T>> {
  const found = (await readKept<T>(session, kind)).find(({ document }) => document.name === name);
  if (found === undefined) throw new CliError(`there is no ${kind} ${name} in the stack ${session.stack}`);
  return found;
}

/** Documents of this kind in the files; undefined when something is wrong with them, which is then said. */
export async function readGiven(
  paths: readonly string[],
  kind: LibraryKind,
  terminal: Terminal,
): Promise<readonly ParsedDocument[] | undefined> {
  const sources: readonly Source[] = await readSources(paths, terminal);
  const diagnostics = lint(sources).diagnostics.filter(({ code }) => code !== 'unknown-template-ref');
  reportDiagnostics(diagnostics, terminal.err);
  if (diagnostics.some(({ severity }) => severity === 'error')) {
    terminal.err.write(`\n${terminal.err.colors.red(`✖ ${countText(diagnostics)}`)}\n`);
    return undefined;
  }
  const found = parse(sources).documents.filter((one) => one.kind === kind);
  if (found.length === 0) throw new CliError(`there is no ${kind} in ${paths.join(', ')}`, EXIT.usage);
  return found;
}

/** Each document gets a file of its own, found by its kind and name. */
function fileOf({ kind, name, value }: ParsedDocument): string {
  const namespace = value.metadata.namespace ?? 'default';
  return `${UPLOADS}library/${kind}/${namespace}/${name}.yaml`;
}

/** Puts an object where the functions read it, and waits until they have it. */
export async function keep(session: Session, document: ParsedDocument, file?: string): Promise<void> {
  const key = file ?? fileOf(document);
  const text = printYaml(document.value as unknown as JsonValue);
  const uploaded = await upload(session, key, text);
  await outcomeOf(session, uploaded, async () => {
    const kept = await session.clients.objects.get(session.bucket, libraryKey(key));
    return kept !== undefined && Buffer.from(kept.body).toString('utf8') === text ? true : undefined;
  });
}

/** Takes an object out of its file, and the file away when nothing else is in it. */
export async function forget(session: Session, { document, file }: Kept): Promise<void> {
  const { objects } = session.clients;
  const place = libraryKey(file);
  const kept = await objects.get(session.bucket, place);
  const text = kept === undefined ? '' : Buffer.from(kept.body).toString('utf8');
  const rest = parse([{ path: file, text }], { strict: false }).documents.filter(
    (one) => one.kind !== document.kind || one.name !== document.name,
  );
  // Workflows in the file would start again with its next version.
  if (rest.some(({ kind }) => kind === 'Workflow'))
    throw new CliError(
      `${file} also holds a Workflow`,
      EXIT.usage,
      'take the object out of that file, and upload it',
    );
  if (rest.length === 0) {
    await objects.delete(session.bucket, file);
    await outcomeOf(session, { key: file, versionId: '' }, async () =>
      (await objects.head(session.bucket, place)) === undefined ? true : undefined,
    );
    return;
  }
  const left = rest.map(({ value }) => printYaml(value as unknown as JsonValue)).join('---\n');
  const uploaded = await upload(session, file, left);
  await outcomeOf(session, uploaded, async () => {
    const now = await objects.get(session.bucket, place);
    return now !== undefined && Buffer.from(now.body).toString('utf8') === left ? true : undefined;
  });
}
