/** How a run is laid out over executions and machines. */
import { type Invocation, invocationsOf } from '../../argo/invocation.ts';
import type { Bundle } from '../../evaluate/bundle.ts';
import { isLooped } from '../../evaluate/loop.ts';
import type { Lowering, LowerOptions } from './body.ts';
import { hasHooks } from './bundle.ts';
import type { DividedDag } from './dag-parts.ts';
import { handingOn } from './hand-on.ts';
import { outlinedOf } from './outline.ts';
import { unstagedLeaves } from './unstaged.ts';

export interface Division {
  /** Templates that run as child executions. */
  readonly outlined: ReadonlySet<string>;
  /** DAGs in parts, by template. */
  readonly dags: ReadonlyMap<string, DividedDag>;
  /** Suffixes of machines, by target; see Machines. */
  readonly holding: ReadonlyMap<string, string>;
}

export function undivided(bundle: Bundle): Division {
  return { outlined: outlinedOf(bundle), dags: new Map(), holding: new Map() };
}

function isAny(bundle: Bundle, test: (invocation: Invocation) => boolean): boolean {
  return Object.values(bundle.templates).some(({ template }) => invocationsOf(template).some(test));
}

export function loweringOf(
  bundle: Bundle,
  options: LowerOptions,
  division: Division,
  here: string,
): Lowering {
  const { outlined, dags, holding } = division;
  return {
    bundle,
    options,
    hasGlobals: Object.values(bundle.templates).some((one) =>
      JSON.stringify(one.template.outputs ?? {}).includes('"globalName"'),
    ),
    hasHooks: isAny(bundle, hasHooks),
    hasLoops: isAny(bundle, isLooped),
    handsOn: handingOn(bundle),
    isOutlined: (id) => outlined.has(id),
    machines: { here, holding },
    dividedDag: (id) => dags.get(id),
    unstaged: unstagedLeaves(bundle),
  };
}
