/** Decides what of a run becomes executions of their own, and which machine holds each, by what they are estimated to take. */
import { isLeaf } from '../../argo/template.ts';
import type { Bundle } from '../../evaluate/bundle.ts';
import { batchedLoops, batchTarget } from '../3-lower/batch.ts';
import { type DividedDag, dividedDag, partTarget } from '../3-lower/dag-parts.ts';
import { type Division, undivided } from '../3-lower/division.ts';
import { machineSuffix } from '../3-lower/machines.ts';

export interface Sizes {
  /** Steps and dag templates that may run as executions of their own. */
  readonly callable: ReadonlySet<string>;
  /** Characters of what can be a target, and of the run itself (''), without the callable templates that they call. */
  readonly own: ReadonlyMap<string, number>;
}

/** The states of a target: its own, and those of what it calls. */
interface Unit {
  readonly target: string;
  readonly own: number;
  /** The template whose body it is, where that may be divided. */
  readonly template?: string;
  readonly calls: readonly string[];
}

/** A state that starts an execution, and what chooses the target there. */
const CALL_CHARACTERS = 1_200;

/** Undefined where something cannot be made small enough. */
export function divide(
  bundle: Bundle,
  sizes: Sizes,
  most: number,
  fixed: readonly string[],
): Division | undefined {
  const outlined = new Set(undivided(bundle).outlined);
  const dags = new Map<string, DividedDag>();
  for (;;) {
    const layout: Layout = { bundle, sizes, outlined, dags };
    const units = unitsOf(layout, fixed);
    const large = units.filter((unit) => sizeOf(layout, unit) > most);
    if (large.length === 0) {
      const holding = packed(
        units.map((unit) => [unit.target, sizeOf(layout, unit)]),
        most,
        fixed,
      );
      return { outlined, dags, holding };
    }
    for (const unit of large) if (!lessen(layout, unit, most)) return undefined;
  }
}

interface Layout {
  readonly bundle: Bundle;
  readonly sizes: Sizes;
  readonly outlined: Set<string>;
  readonly dags: Map<string, DividedDag>;
}

/** Outlines the template that takes most of the unit, or divides the unit's own DAG; false where neither is possible. */
function lessen(layout: Layout, unit: Unit, most: number): boolean {
  const { outlined, dags, bundle } = layout;
  const counts = inlinedIn(layout, unit.calls);
  const weights = [...counts].map(([id, count]) => [id, count * ownOf(layout, id)] as const);
  const [largest] = weights.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  if (unit.own <= most && largest !== undefined) {
    outlined.add(largest[0]);
    return true;
  }
  const template = bundle.templates[unit.template ?? ''];
  if (template?.template.dag === undefined || dags.has(template.id)) return false;
  const tasks = template.template.dag.tasks?.length ?? 0;
  const each = ownOf(layout, template.id) / Math.max(1, tasks);
  const weightOf = (task: string) =>
    each + calleesOf(layout, template.calls[task]).reduce((sum, id) => sum + inlinedSize(layout, id), 0);
  const heavy = Object.values(template.calls).flatMap((id) =>
    calleesOf(layout, id).filter((one) => inlinedSize(layout, one) > most / 2),
  );
  if (heavy.length > 0) {
    for (const id of heavy) outlined.add(id);
    return true;
  }
  const divided = dividedDag(bundle, template, weightOf, most);
  if (divided === undefined) return false;
  dags.set(template.id, divided);
  return true;
}

function unitsOf(layout: Layout, fixed: readonly string[]): readonly Unit[] {
  const { bundle, sizes, outlined, dags } = layout;
  const { entrypoint, onExit = '', hooks } = bundle;
  const isInside = !outlined.has(entrypoint);
  const bodies: Unit[] = [
    bodyOf(layout, '', isInside ? entrypoint : undefined, [
      ...(isInside ? [] : [entrypoint]),
      onExit,
      ...Object.values(hooks),
    ]),
    ...[...new Set([...outlined, ...fixed])].map((id) => bodyOf(layout, id, id, [])),
  ];
  const loops = Object.values(bundle.templates).flatMap((template) =>
    batchedLoops(bundle, template).map((loop): Unit => {
      const target = batchTarget(template.id, loop.name ?? '');
      const calls = calleesOf(layout, template.calls[loop.name ?? '']);
      return { target, own: sizes.own.get(target) ?? 0, calls };
    }),
  );
  const divided = [...dags].flatMap(([id, { parts }]) => {
    const template = bundle.templates[id];
    if (template === undefined) return [];
    const each = ownOf({ ...layout, dags: new Map() }, id) / (template.template.dag?.tasks?.length ?? 1);
    return parts.map((part, at): Unit => {
      const tasks = part.flat();
      return {
        target: partTarget(id, at),
        own: each * tasks.length,
        calls: tasks.flatMap((task) => calleesOf(layout, template.calls[task])),
      };
    });
  });
  return [...bodies, ...loops, ...divided];
}

/** The unit that runs a template's body; the tasks of a divided DAG are not in it. */
function bodyOf(layout: Layout, target: string, template: string | undefined, also: readonly string[]): Unit {
  const { bundle, dags } = layout;
  const isDivided = template !== undefined && dags.has(template);
  const called = isDivided ? [] : Object.values(bundle.templates[template ?? '']?.calls ?? {});
  return {
    target,
    own: isDivided ? ownOf(layout, template) : (layout.sizes.own.get(target) ?? 0),
    ...(template === undefined ? {} : { template }),
    calls: [...called, ...also].flatMap((id) => calleesOf(layout, id)),
  };
}

function ownOf({ bundle, sizes, dags }: Layout, id: string): number {
  const divided = dags.get(id);
  if (divided !== undefined) return CALL_CHARACTERS * (divided.parts.length + 3);
  return sizes.own.get(id === bundle.entrypoint && !sizes.own.has(id) ? '' : id) ?? 0;
}

/** The templates that a call puts into its place: itself, or what an inline template calls. */
function calleesOf(layout: Layout, id: string | undefined): readonly string[] {
  const template = layout.bundle.templates[id ?? ''];
  if (template === undefined || isLeaf(template.template)) return [];
  if (layout.sizes.callable.has(template.id)) return layout.outlined.has(template.id) ? [] : [template.id];
  return Object.values(template.calls).flatMap((one) => calleesOf(layout, one));
}

/** How often each template stands in the place of a call. */
function inlinedIn(layout: Layout, calls: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const visit = (id: string): void => {
    counts.set(id, (counts.get(id) ?? 0) + 1);
    for (const inner of innerOf(layout, id)) visit(inner);
  };
  for (const id of calls) visit(id);
  return counts;
}

function innerOf(layout: Layout, id: string): readonly string[] {
  const template = layout.bundle.templates[id];
  if (template === undefined || layout.dags.has(id)) return [];
  return Object.values(template.calls).flatMap((one) => calleesOf(layout, one));
}

function inlinedSize(layout: Layout, id: string): number {
  return ownOf(layout, id) + innerOf(layout, id).reduce((sum, one) => sum + inlinedSize(layout, one), 0);
}

function sizeOf(layout: Layout, { own, calls }: Unit): number {
  return calls.reduce((sum, id) => sum + inlinedSize(layout, id), own);
}

/** The largest first, each into the first machine that has room for it; what others start is in the first machine. */
function packed(
  units: readonly (readonly [target: string, size: number])[],
  most: number,
  fixed: readonly string[],
): ReadonlyMap<string, string> {
  const isFirst = (target: string) => target === '' || fixed.includes(target);
  const used = [0];
  const holding = new Map<string, string>();
  for (const [target, size] of units) if (isFirst(target)) used[0] = (used[0] ?? 0) + size;
  const others = units.filter(([target]) => !isFirst(target)).sort((a, b) => b[1] - a[1]);
  for (const [target, size] of others) {
    const at = used.findIndex((taken) => taken + size <= most);
    const machine = at < 0 ? used.length : at;
    used[machine] = (used[machine] ?? 0) + size;
    if (machine > 0) holding.set(target, machineSuffix(machine));
  }
  return holding;
}
