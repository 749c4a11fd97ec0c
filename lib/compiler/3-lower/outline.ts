/** Which templates run as child executions: those that recurse, those chosen at run time, and what is too large to inline. */
import { invocationsOf } from '../../argo/invocation.ts';
import { isLeaf } from '../../argo/template.ts';
import type { Bundle, BundleTemplate } from '../../evaluate/bundle.ts';

/** States that one machine may get by inlining before a template called more than once becomes a child execution. */
const INLINE_BUDGET = 1500;

export function outlinedOf(bundle: Bundle): ReadonlySet<string> {
  const outlined = new Set<string>([...recursive(bundle), ...dynamicTargets(bundle)]);
  const sizes = new Map<string, number>();
  const sizeOf = (id: string, path: readonly string[]): number => {
    if (outlined.has(id) && path.length > 0) return 2;
    const known = sizes.get(id);
    if (known !== undefined) return known;
    const template = bundle.templates[id];
    if (template === undefined) return 1;
    if (isLeaf(template.template)) return 4;
    if (path.includes(id)) return 2;
    let size = 3;
    for (const [member, callee] of Object.entries(template.calls)) {
      size += 4 + sizeOf(callee, [...path, id]) + (member.includes('.hooks.') ? 3 : 0);
    }
    if (size > INLINE_BUDGET && path.length > 0) {
      outlined.add(id);
      return 2;
    }
    sizes.set(id, size);
    return size;
  };
  sizeOf(bundle.entrypoint, []);
  if (bundle.onExit !== undefined) sizeOf(bundle.onExit, []);
  return outlined;
}

/** Templates that can call themselves through others. */
function recursive(bundle: Bundle): readonly string[] {
  const state = new Map<string, 'open' | 'done'>();
  const found = new Set<string>();
  const visit = (id: string): void => {
    state.set(id, 'open');
    for (const callee of Object.values(bundle.templates[id]?.calls ?? {})) {
      const seen = state.get(callee);
      if (seen === 'open') found.add(callee);
      else if (seen === undefined) visit(callee);
    }
    state.set(id, 'done');
  };
  for (const id of Object.keys(bundle.templates)) if (!state.has(id)) visit(id);
  return [...found];
}

/** Where a call's name is known only at run time, everything that it could mean. */
function dynamicTargets(bundle: Bundle): readonly string[] {
  const all = Object.values(bundle.templates);
  return all.some(callsDynamically) ? all.map((one) => one.id) : [];
}

function callsDynamically(one: BundleTemplate): boolean {
  return invocationsOf(one.template).some((member) => one.calls[member.name ?? ''] === undefined);
}
