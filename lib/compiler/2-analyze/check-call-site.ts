/** What steps and tasks have in common as places of a call. */

import type { Invocation } from '../../argo/invocation.ts';
import type { Template } from '../../argo/template.ts';
import type { Called, Frame, GivenArguments } from './frame.ts';
import { givenArguments } from './frame.ts';
import type { Reference, ReferenceSpans } from './resolve.ts';
import type { Scope } from './scope.ts';
import type { TemplateBase } from './stores.ts';

/** `checkCall`, handed in since templates and calls check each other in turns. */
export type CheckCall = (
  frame: Frame,
  reference: Reference,
  base: TemplateBase,
  given: GivenArguments,
  at: ReferenceSpans,
  caller?: Template,
) => Template | undefined;

/** The reference of a step or task, its names read with what the template around it was called with. */
export function referenceOf({ view }: Called, invocation: Invocation): Reference {
  const { template, templateRef, inline } = invocation;
  return {
    ...(template && { template: view(template) }),
    ...(inline && { inline }),
    ...(templateRef && {
      templateRef: {
        ...templateRef,
        ...(templateRef.name !== undefined && { name: view(templateRef.name) }),
        ...(templateRef.template !== undefined && { template: view(templateRef.template) }),
      },
    }),
  };
}

export function spansOf({ frame }: Called, invocation: Invocation, what: 'step' | 'task'): ReferenceSpans {
  const { spans } = frame;
  const { templateRef } = invocation;
  const owner = spans.of(invocation, 'name');
  return {
    owner,
    template: templateRef ? spans.of(templateRef, 'template') : spans.of(invocation, 'template'),
    resource: templateRef ? spans.of(templateRef, 'name') : owner,
    beside: spans.of(invocation, 'template'),
    caller: `${what} "${invocation.name ?? ''}"`,
  };
}

export function argumentsOf({ frame, view }: Called, invocation: Invocation): GivenArguments {
  const { spans } = frame;
  const span = invocation.arguments ? spans.key(invocation, 'arguments') : spans.of(invocation, 'name');
  return givenArguments(invocation.arguments, span, view);
}

/** `HasExitHook`. */
export function hasExitHook({ hooks, onExit }: Invocation): boolean {
  return hooks?.['exit'] !== undefined || Boolean(onExit);
}

/** An inline body stands in the text of its step, so that tags of its own inputs are met there too. */
export function addInlineInputs({ inline }: Invocation, scope: Scope): void {
  for (const { name } of inline?.inputs?.parameters ?? []) scope.add(`inputs.parameters.${name}`);
}
