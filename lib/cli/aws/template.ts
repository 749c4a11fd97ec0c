/** `argosy template` and `argosy cluster-template`: the templates that a runtime keeps. */
import type { ClusterWorkflowTemplate, WorkflowTemplate } from '../../argo/workflow.ts';
import type { JsonValue } from '../../protocol/json.ts';
import { EXIT } from '../exit-code.ts';
import { alignColumns } from '../render/columns.ts';
import { shortDuration } from '../render/humanize.ts';
import { printYaml } from '../render/yaml.ts';
import type { Terminal } from '../terminal.ts';
import { findKept, forget, type Kept, keep, readGiven, readKept } from './library.ts';
import { type AwsFlags, withSession } from './session.ts';

export type TemplateKind = 'WorkflowTemplate' | 'ClusterWorkflowTemplate';
type AnyTemplate = WorkflowTemplate | ClusterWorkflowTemplate;

export interface TemplateFlags extends AwsFlags {
  readonly output?: 'json' | 'yaml' | 'name' | 'wide';
}

export async function create(
  kind: TemplateKind,
  paths: readonly string[],
  flags: AwsFlags,
  terminal: Terminal,
): Promise<number> {
  const given = await readGiven(paths, kind, terminal);
  if (given === undefined) return EXIT.invalid;
  return await withSession(flags, terminal, async (session) => {
    const kept = await readKept<AnyTemplate>(session, kind);
    for (const document of given) {
      const before = kept.find((one) => one.document.name === document.name);
      if (before !== undefined) await forget(session, before);
      await keep(session, document);
      terminal.out.write(`${kind} ${document.name} ${before === undefined ? 'created' : 'replaced'}\n`);
    }
    return EXIT.ok;
  });
}

export function list(kind: TemplateKind, flags: TemplateFlags, terminal: Terminal): Promise<number> {
  return withSession(flags, terminal, async (session) => {
    const found = await readKept<AnyTemplate>(session, kind);
    const now = session.clients.now();
    if (flags.output === 'name') for (const { document } of found) terminal.out.write(`${document.name}\n`);
    else if (flags.output === 'json' || flags.output === 'yaml') show(found, flags.output, terminal);
    else if (found.length === 0) terminal.out.write(`No ${kind} found\n`);
    else
      terminal.out.write(`${alignColumns([['NAME', 'AGE', 'FILE'], ...rowsOf(found, now)], 3).join('\n')}\n`);
    return EXIT.ok;
  });
}

function rowsOf(found: readonly Kept<AnyTemplate>[], now: number): readonly (readonly string[])[] {
  return found.map(({ document, at, file }) => [
    document.name,
    at === undefined ? '' : shortDuration(now - at.getTime()),
    file,
  ]);
}

function show(found: readonly Kept<AnyTemplate>[], output: 'json' | 'yaml', terminal: Terminal): void {
  const values = found.map(({ document }) => document.value) as unknown as JsonValue;
  terminal.out.write(output === 'json' ? `${JSON.stringify(values, undefined, 2)}\n` : printYaml(values));
}

export function get(
  kind: TemplateKind,
  names: readonly string[],
  flags: TemplateFlags,
  terminal: Terminal,
): Promise<number> {
  return withSession(flags, terminal, async (session) => {
    for (const name of names) {
      const { document } = await findKept<AnyTemplate>(session, kind, name);
      const value = document.value as unknown as JsonValue;
      if (flags.output === 'name') terminal.out.write(`${name}\n`);
      else
        terminal.out.write(
          flags.output === 'json' ? `${JSON.stringify(value, undefined, 2)}\n` : printYaml(value),
        );
    }
    return EXIT.ok;
  });
}

export function remove(
  kind: TemplateKind,
  names: readonly string[],
  flags: AwsFlags,
  terminal: Terminal,
): Promise<number> {
  return withSession(flags, terminal, async (session) => {
    for (const name of names) {
      await forget(session, await findKept<AnyTemplate>(session, kind, name));
      terminal.out.write(`${kind} '${name}' deleted\n`);
    }
    return EXIT.ok;
  });
}
