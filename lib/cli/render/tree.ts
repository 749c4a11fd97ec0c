/** The tree of a run's nodes, laid out as `argo get` lays it out (cmd/argo/commands/common/get.go). */
import { podName } from '../../argo/node-id.ts';
import type { NodeObject, WorkflowObject } from '../../status/workflow-object.ts';
import type { Colors } from '../terminal.ts';
import { alignColumns } from './columns.ts';
import { shortDuration } from './humanize.ts';

export type TreeStyle = 'default' | 'short' | 'wide';

export interface TreeOptions {
  readonly style: TreeStyle;
  readonly colors: Colors;
  readonly utf8: boolean;
  readonly now: number;
  /** Which nodes are shown. @default all */
  readonly shows?: (node: NodeObject) => boolean;
}

type Nodes = WorkflowObject['status']['nodes'];

const HEADERS: Readonly<Record<TreeStyle, readonly string[]>> = {
  default: ['STEP', 'TEMPLATE', 'PODNAME', 'DURATION', 'MESSAGE'],
  short: ['STEP', 'TEMPLATE', 'PODNAME', 'DURATION', 'MESSAGE'],
  wide: ['STEP', 'TEMPLATE', 'PODNAME', 'DURATION', 'ARTIFACTS', 'MESSAGE'],
};

/** Lines; none when the run has no nodes yet. */
export function renderTree(workflow: WorkflowObject, options: TreeOptions): readonly string[] {
  const { nodes } = workflow.status;
  const { name } = workflow.metadata;
  const root = nodes[name];
  if (root === undefined) return [];
  const printer: Printer = { workflow: name, nodes, inside: insideOf(nodes), options, rows: [] };
  print(printer, root, ' ', ' ');
  for (const other of Object.values(nodes)) {
    if (other.id === name || other.boundaryID !== undefined || !isRunHook(other, name)) continue;
    printer.rows.push(['']);
    print(printer, other, ' ', ' ');
  }
  return alignColumns([HEADERS[options.style], ...printer.rows]);
}

function isRunHook(node: NodeObject, workflow: string): boolean {
  return node.name === `${workflow}.onExit` || /^\.hooks\.[^.]+$/.test(node.name.slice(workflow.length));
}

interface Printer {
  readonly workflow: string;
  readonly nodes: Nodes;
  /** What is drawn inside each node. */
  readonly inside: ReadonlyMap<string, readonly NodeObject[]>;
  readonly options: TreeOptions;
  readonly rows: string[][];
}

/** Groups and retries hold their children, templates whatever names them as its boundary. */
function insideOf(nodes: Nodes): ReadonlyMap<string, readonly NodeObject[]> {
  const owners = new Map<string, string>();
  for (const node of Object.values(nodes)) {
    if (node.type !== 'StepGroup' && node.type !== 'Retry') continue;
    for (const child of node.children ?? []) owners.set(child, node.id);
  }
  const inside = new Map<string, NodeObject[]>();
  for (const node of Object.values(nodes)) {
    if (node.type === 'TaskGroup') continue;
    const owner = owners.get(node.id) ?? node.boundaryID;
    if (owner === undefined) continue;
    const list = inside.get(owner);
    if (list) list.push(node);
    else inside.set(owner, [node]);
  }
  for (const list of inside.values()) list.sort(inOrder);
  return inside;
}

/** By start, then the items of a loop by number, then by name. */
function inOrder(a: NodeObject, b: NodeObject): number {
  const [left, right] = [a.startedAt ?? '', b.startedAt ?? ''];
  if (left !== right) return left < right ? -1 : 1;
  const [i, j] = [itemOf(a.displayName), itemOf(b.displayName)];
  if (i !== undefined && j !== undefined && i !== j) return i - j;
  return a.displayName < b.displayName ? -1 : 1;
}

function itemOf(name: string): number | undefined {
  const found = /\((\d+)/.exec(name);
  return found === null ? undefined : Number(found[1]);
}

interface Shown {
  readonly hidden: boolean;
  /** Children of a hidden group are joined by a bracket of their own. */
  readonly bracket: boolean;
}

function shownOf(node: NodeObject, options: TreeOptions): Shown {
  if (node.type === 'Retry' && node.children?.length === 1) return { hidden: true, bracket: false };
  if (node.type === 'StepGroup') return { hidden: true, bracket: true };
  const omitted = node.type === 'Skipped' && node.phase === 'Omitted';
  const refused = options.shows !== undefined && !options.shows(node);
  return { hidden: omitted || refused, bracket: false };
}

function print(printer: Printer, node: NodeObject, first: string, rest: string): void {
  const shown = shownOf(node, printer.options);
  if (!shown.hidden) printer.rows.push(rowOf(printer, node, first));
  const children = printer.inside.get(node.id) ?? [];
  children.forEach((child, at) => {
    const [part, below] = connector(shown, at, children.length - 1, printer.options.utf8);
    const lead = shown.hidden && at === 0 ? first : rest;
    print(printer, child, lead + part, rest + below);
  });
}

function connector(shown: Shown, at: number, last: number, utf8: boolean): readonly [string, string] {
  const [alone, top, bottom, middle, line] = utf8
    ? ['──', '┬─', '└─', '├─', '│ ']
    : ['--', '+-', '`-', '|-', '| '];
  if (shown.hidden && !shown.bracket) return ['', ''];
  if (shown.hidden && last === 0) return [alone, '  '];
  if (shown.hidden && at === 0) return [top, line];
  return at === last ? [bottom, '  '] : [middle, line];
}

function rowOf(printer: Printer, node: NodeObject, prefix: string): string[] {
  const { options, workflow } = printer;
  const isPod = node.type === 'Pod';
  const template = node.templateRef
    ? `${node.templateRef.name}/${node.templateRef.template}`
    : (node.templateName ?? '');
  const pod = isPod
    ? podName(workflow, node.name, node.templateRef?.template ?? node.templateName ?? '')
    : '';
  const head = [`${prefix}${iconOf(node, options)} ${node.displayName}`, template, pod];
  const spent = isPod && node.startedAt !== null ? shortDuration(lengthOf(node, options.now)) : '';
  const artifacts = (node.outputs?.['artifacts'] ?? []) as readonly { readonly name: string }[];
  const wide = options.style === 'wide' ? [artifacts.map((one) => one.name).join(',')] : [];
  return [...head, spent, ...wide, oneLine(node.message ?? '')];
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ');
}

function lengthOf(node: NodeObject, now: number): number {
  const end = node.finishedAt === null ? now : Date.parse(node.finishedAt);
  return end - Date.parse(node.startedAt ?? '');
}

type Painter = (colors: Colors) => (text: string) => string;

const ICONS: Readonly<Record<string, readonly [icon: string, paint: Painter]>> = {
  Pending: ['◷', (colors) => colors.yellow],
  Running: ['●', (colors) => colors.cyan],
  Succeeded: ['✔', (colors) => colors.green],
  Skipped: ['○', () => String],
  Omitted: ['○', () => String],
  Failed: ['✖', (colors) => colors.red],
  Error: ['⚠', (colors) => colors.red],
};

function iconOf(node: NodeObject, { colors, utf8 }: TreeOptions): string {
  if (node.type === 'Suspend' && node.phase === 'Running') return colors.cyan(utf8 ? 'ǁ' : 'Suspend');
  return phaseIcon(node.phase, colors, utf8);
}

export function phaseIcon(phase: string, colors: Colors, utf8: boolean): string {
  const [icon, paint] = ICONS[phase] ?? ['?', () => String];
  return paint(colors)(utf8 ? icon : phase);
}
