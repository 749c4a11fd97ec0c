/** The flag `--eks`: what a runtime with an EKS cluster would make of a workflow. */
import type { SupportOptions } from '../compiler/2-analyze/check-support.ts';
import type { EksPlacement } from '../evaluate/bundle.ts';

export type EksFlag = 'annotated' | 'all';

export function eksOf(flag: EksFlag | undefined): { readonly eks?: EksPlacement } {
  return flag === undefined ? {} : { eks: { byDefault: flag === 'all' } };
}

export function supportOf(flag: EksFlag | undefined): SupportOptions {
  return flag === undefined ? {} : { cluster: { runsByDefault: flag === 'all' }, isAws: true };
}
