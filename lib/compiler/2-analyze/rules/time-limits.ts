/** Which time limits a template may have, and how they are written. */

import { templateType } from '../../../argo/template.ts';
import { type Called, report } from '../frame.ts';
import { hasPlaceholder } from '../tags.ts';
import { isLeafType, replacedType } from '../template-kind.ts';

/** Checked at every call, since the text may depend on arguments. */
export function checkTimeouts({ frame, template, view }: Called): void {
  const { timeout, pendingTimeout } = template;
  const { spans } = frame;
  const type = templateType(template);
  const given = timeout && view(timeout);
  if (given && !isLeafType(template)) {
    const message = `a ${type} template cannot have a timeout`;
    report(frame, 'misplaced-field', spans.key(template, 'timeout'), message, { hint: leafHint });
  } else if (given && /^[-+]?\d+$/.test(given)) {
    const message = `the timeout "${given}" has no unit`;
    report(frame, 'invalid-timeout', spans.of(template, 'timeout'), message, { hint: `write "${given}s"` });
  }
  if (pendingTimeout && view(pendingTimeout) && !isLeafType(template)) {
    const message = `a ${type} template cannot have a pendingTimeout`;
    report(frame, 'misplaced-field', spans.key(template, 'pendingTimeout'), message, { hint: leafHint });
  }
}

const leafHint = 'set it on the templates that it calls, or use activeDeadlineSeconds of the workflow';

/** `activeDeadlineSeconds` belongs to what is neither steps nor dag. */
export function checkDeadline({ frame, template, view, title }: Called): void {
  const deadline = template.activeDeadlineSeconds;
  if (deadline === undefined) return;
  const { spans } = frame;
  const type = replacedType(template);
  if (type === 'steps' || type === 'dag') {
    const message = `${title} is a ${type} template and cannot have activeDeadlineSeconds`;
    report(frame, 'misplaced-field', spans.key(template, 'activeDeadlineSeconds'), message, {
      hint: leafHint,
    });
    return;
  }
  const text = typeof deadline === 'number' ? String(deadline) : view(deadline);
  const isTag = text.startsWith('{{') && text.endsWith('}}');
  if (isTag || hasPlaceholder(text) || isCount(text)) return;
  const message = `activeDeadlineSeconds must be a whole number from 0, not "${text}"`;
  report(frame, 'invalid-deadline', spans.of(template, 'activeDeadlineSeconds'), message);
}

/** What `strconv.Atoi` reads, and is not below nought. */
function isCount(text: string): boolean {
  return /^(\+?\d+|-0+)$/.test(text) && BigInt(text.replace(/^[-+]/, '')) < 2n ** 63n;
}

/** `parallelism` limits the children of steps and dags. */
export function checkParallelism({ frame, template, title }: Called): void {
  if (template.parallelism === undefined) return;
  const message = `${title} calls nothing, so that parallelism has no meaning`;
  const hint = 'set it on the steps or dag template that calls it';
  report(frame, 'misplaced-field', frame.spans.key(template, 'parallelism'), message, { hint });
}
