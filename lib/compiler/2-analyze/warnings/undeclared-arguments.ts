/** An argument that the template called does not declare is left out by Argo, without a word. */

import type { Invocation } from '../../../argo/invocation.ts';
import type { Template } from '../../../argo/template.ts';
import { didYouMean } from '../../../diagnostics/did-you-mean.ts';
import { type Checker, report } from '../frame.ts';

export function warnUndeclared(checker: Checker, { arguments: given }: Invocation, callee: Template): void {
  if (!checker.warns || !given) return;
  for (const kind of ['parameters', 'artifacts'] as const) {
    const declared = (callee.inputs?.[kind] ?? []).map(({ name }) => name);
    for (const argument of given[kind] ?? []) {
      // A name with a tag in it is only known once the tag is replaced.
      if (argument.name === undefined || argument.name.includes('{{')) continue;
      if (declared.includes(argument.name)) continue;
      const what = kind === 'parameters' ? 'parameter' : 'artifact';
      const owner = callee.name ? `template "${callee.name}"` : 'the inline template';
      const message = `${owner} declares no input ${what} "${argument.name}"`;
      const near = didYouMean(argument.name, declared);
      report(checker, 'undeclared-argument', checker.spans.of(argument, 'name'), message, near);
    }
  }
}
