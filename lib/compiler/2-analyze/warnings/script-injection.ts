/**
 * A value pasted into the text of a program becomes part of that program. Values that people or other
 * programs choose
 * are meant: inputs, workflow parameters, items, results; not names and paths that Argo makes.
 */

import type { Container, ScriptTemplate } from '../../../argo/container.ts';
import type { Template } from '../../../argo/template.ts';
import { tagSpan } from '../../../diagnostics/span.ts';
import { type Checker, report } from '../frame.ts';
import { type Tag, tagsOf } from '../tags.ts';

export function warnInjection(checker: Checker, template: Template): void {
  const { script } = template;
  if (script?.source) warnText(checker, script, 'source', script.source, 'the script');
  const containers: readonly (Container | ScriptTemplate | undefined)[] = [
    template.container,
    ...(template.containerSet?.containers ?? []),
    ...(template.sidecars ?? []),
    ...(template.initContainers ?? []),
  ];
  for (const container of containers) if (container) warnCommand(checker, container);
}

const interpreters = /(^|\/)(ba|da|a|z|k|c|tc|fi)?sh$|(^|\/)(python[\d.]*|perl|ruby|node|php)$/;
const programFlag = /^-[a-zA-Z]*[cer]$/;

/** Looks for `sh -c TEXT`, however it is spread over command and args. */
function warnCommand(checker: Checker, container: Container): void {
  const words = (['command', 'args'] as const).flatMap((key) =>
    (container[key] ?? []).map((text, index) => ({ list: container[key]!, text, index })),
  );
  const shell = words.findIndex(({ text }) => interpreters.test(text));
  if (shell < 0) return;
  const flag = words.findIndex(({ text }, index) => index > shell && programFlag.test(text));
  const program = flag < 0 ? undefined : words[flag + 1];
  if (program) warnText(checker, program.list, program.index, program.text, 'the program');
}

function warnText(checker: Checker, owner: object, key: string | number, text: string, what: string): void {
  if (!text.includes('{{')) return;
  const [first, ...others] = tagsOf(text).filter(isForeign);
  if (!first) return;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  const message = `{{${first.name}}}${more} is pasted into the text of ${what}`;
  const hint = `pass it as a variable: env: [{name: VALUE, value: "{{${first.name}}}"}], and use "$VALUE"`;
  report(checker, 'script-injection', tagSpan(checker.spans.of(owner, key), first.index), message, { hint });
}

const foreign = /(^|[^\w.])(inputs\.parameters|workflow\.parameters|item\b|(steps|tasks)[.[].*outputs)/;

function isForeign(tag: Tag): boolean {
  return tag.isClosed && foreign.test(tag.name);
}
