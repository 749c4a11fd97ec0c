/** Containers may not be named as Argo names its own. `IsArgoSidecar` in `workflow/common/common.go`. */

import { type Checker, report } from '../frame.ts';

export function checkReserved(checker: Checker, container: { readonly name?: string }): void {
  const { name = '' } = container;
  if (name !== 'wait' && name !== 'supervisor' && !name.startsWith('artifact-plugin-')) return;
  const message = `"${name}" is the name of a container of Argo's own`;
  report(checker, 'reserved-name', checker.spans.of(container, 'name'), message);
}
