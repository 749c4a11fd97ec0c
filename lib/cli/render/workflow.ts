/** A run as `argo get` prints it: the header, the tree; or as JSON, YAML or its name alone. */
import type { JsonObject, JsonValue } from '../../protocol/json.ts';
import type { NodeObject, WorkflowObject } from '../../status/workflow-object.ts';
import type { Stream } from '../terminal.ts';
import { duration, timestamp } from './humanize.ts';
import { renderTree, type TreeStyle } from './tree.ts';
import { printYaml } from './yaml.ts';

export const OUTPUTS = ['tree', 'wide', 'short', 'json', 'yaml', 'name'] as const;
export type Output = (typeof OUTPUTS)[number];

export interface ShowOptions {
  readonly output: Output;
  readonly now: number;
  /** @default true */
  readonly utf8?: boolean;
  readonly shows?: (node: NodeObject) => boolean;
}

export function showWorkflow(workflow: WorkflowObject, stream: Stream, options: ShowOptions): string {
  switch (options.output) {
    case 'json':
      return `${JSON.stringify(workflow, undefined, 2)}\n`;
    case 'yaml':
      return printYaml(workflow as unknown as JsonValue);
    case 'name':
      return `${workflow.metadata.name}\n`;
    default:
      return `${showTree(workflow, stream, options).join('\n')}\n`;
  }
}

export function showTree(workflow: WorkflowObject, stream: Stream, options: ShowOptions): readonly string[] {
  const style: TreeStyle =
    options.output === 'wide' || options.output === 'short' ? options.output : 'default';
  const { colors } = stream;
  const { now, utf8 = true, shows } = options;
  const tree = renderTree(workflow, { style, colors, utf8, now, ...(shows === undefined ? {} : { shows }) });
  if (style === 'short') return tree;
  return [...headerOf(workflow, now), ...(tree.length === 0 ? [] : ['', ...tree])];
}

function headerOf(workflow: WorkflowObject, now: number): readonly string[] {
  const { metadata, spec, status } = workflow;
  const lines: string[] = [];
  const say = (name: string, value: unknown) => lines.push(`${name.padEnd(20)} ${String(value)}`.trimEnd());
  say('Name:', metadata.name);
  say('Namespace:', metadata.namespace);
  say('ServiceAccount:', spec['serviceAccountName'] ?? 'unset (will run with the default ServiceAccount)');
  say('Status:', statusText(workflow));
  if (status.message) say('Message:', status.message);
  for (const condition of status.conditions ?? []) {
    if (lines.at(-1) !== 'Conditions:') say('Conditions:', '');
    say(` ${condition.type}`, condition.status);
  }
  say('Created:', timestamp(metadata.creationTimestamp, now));
  if (status.startedAt) say('Started:', timestamp(status.startedAt, now));
  if (status.finishedAt) say('Finished:', timestamp(status.finishedAt, now));
  if (status.startedAt) {
    const end = status.finishedAt === null ? now : Date.parse(status.finishedAt);
    say('Duration:', duration(end - Date.parse(status.startedAt)));
  }
  say('Progress:', status.progress);
  const given = (spec['arguments'] as JsonObject | undefined)?.['parameters'];
  sayParameters('Parameters:', given, say);
  sayParameters('Output Parameters:', status.outputs?.['parameters'], say);
  sayArtifacts(status.outputs?.['artifacts'], say);
  return lines;
}

type Say = (name: string, value: unknown) => void;
type Named = JsonObject & { readonly name: string };

function sayParameters(title: string, list: JsonValue | undefined, say: Say): void {
  const parameters = ((list ?? []) as readonly Named[]).filter((one) => one['value'] !== undefined);
  if (parameters.length === 0) return;
  say(title, '');
  for (const one of parameters) say(`  ${one.name}:`, one['value']);
}

function sayArtifacts(list: JsonValue | undefined, say: Say): void {
  const artifacts = (list ?? []) as readonly Named[];
  if (artifacts.length === 0) return;
  say('Output Artifacts:', '');
  for (const one of artifacts) say(`  ${one.name}:`, (one['s3'] as JsonObject | undefined)?.['key'] ?? '');
}

/** The phase, and what `argo` says beside it (util/printer/workflow-printer.go, WorkflowStatus). */
export function statusText({ spec, status }: WorkflowObject): string {
  const { phase, nodes } = status;
  if (phase === 'Failed' && spec['shutdown']) return 'Failed (Terminated)';
  if (phase !== 'Running') return phase;
  const waits = Object.values(nodes).some((node) => node.type === 'Suspend' && node.phase === 'Running');
  return waits || spec['suspend'] === true ? 'Running (Suspended)' : phase;
}
