/** What is allowed in a template but probably not meant, or sure to fail when it runs. */

import type { Invocation } from '../../../argo/invocation.ts';
import type { Parameter } from '../../../argo/parameter.ts';
import type { LifecycleHooks } from '../../../argo/policy.ts';
import type { Template } from '../../../argo/template.ts';
import { variableRoots } from '../../../argo/variables.ts';
import { didYouMean, nearestName } from '../../../diagnostics/did-you-mean.ts';
import type { Span } from '../../../diagnostics/source.ts';
import { type Checker, report } from '../frame.ts';
import type { TemplateBase } from '../stores.ts';
import type { Tag } from '../tags.ts';
import { warnDurations } from './durations.ts';
import { warnDepends, warnExpression, warnExpressionTags, warnWhen } from './expressions.ts';
import { warnInjection } from './script-injection.ts';

export function warnTemplate(checker: Checker, template: Template, base: TemplateBase): void {
  warnInjection(checker, template);
  warnDurations(checker, template);
  warnUnused(checker, template);
  warnBareExpressions(checker, template);
  warnTexts(checker, template);
  for (const step of template.steps?.flat() ?? []) warnInvocation(checker, step, base);
  for (const task of template.dag?.tasks ?? []) {
    warnInvocation(checker, task, base);
    warnDepends(checker, task.depends, () => checker.spans.of(task, 'depends'));
  }
}

function warnInvocation(checker: Checker, invocation: Invocation, base: TemplateBase): void {
  const { spans } = checker;
  const { when, withSequence, hooks, onExit, inline } = invocation;
  warnWhen(checker, when, () => spans.of(invocation, 'when'));
  if (withSequence && withSequence.count === undefined && withSequence.end === undefined) {
    const message = 'withSequence has neither count nor end';
    report(checker, 'fails-at-run-time', spans.key(invocation, 'withSequence'), message, {
      hint: 'add count',
    });
  }
  warnHooks(checker, hooks, base);
  if (onExit) warnMissing(checker, onExit, base, () => spans.of(invocation, 'onExit'));
  if (inline) warnTemplate(checker, inline, base);
}

/** The templates of hooks are looked up when they run, and not before. */
export function warnHooks(checker: Checker, hooks: LifecycleHooks | undefined, base: TemplateBase): void {
  for (const hook of Object.values(hooks ?? {})) {
    const { template, expression } = hook;
    if (template) warnMissing(checker, template, base, () => checker.spans.of(hook, 'template'));
    warnExpression(checker, expression, () => checker.spans.of(hook, 'expression'));
  }
}

function warnMissing(checker: Checker, name: string, base: TemplateBase, spanOf: () => Span): void {
  if (name.includes('{{') || base.templates.has(name)) return;
  const message = `the template "${name}" does not exist, which shows when the hook runs`;
  report(checker, 'fails-at-run-time', spanOf(), message, didYouMean(name, base.templates.keys()));
}

function warnBareExpressions(checker: Checker, template: Template): void {
  const { spans } = checker;
  const check = (owner: object | undefined, key: string, text: string | undefined) => {
    if (owner) warnExpression(checker, text, () => spans.of(owner, key));
  };
  const { retryStrategy, outputs, data, http } = template;
  check(retryStrategy, 'expression', retryStrategy?.expression);
  check(http, 'successCondition', http?.successCondition);
  for (const { valueFrom } of outputs?.parameters ?? [])
    check(valueFrom, 'expression', valueFrom?.expression);
  for (const artifact of outputs?.artifacts ?? []) check(artifact, 'fromExpression', artifact.fromExpression);
  for (const step of data?.transformation ?? []) check(step, 'expression', step.expression);
}

/** An input that no tag names; a suspend template shows its inputs to people. */
function warnUnused(checker: Checker, template: Template): void {
  const inputs = template.inputs?.parameters;
  if (!inputs?.length || template.suspend || template.plugin) return;
  const { inputs: _inputs, ...rest } = template;
  const text = JSON.stringify([
    rest,
    template.inputs?.artifacts ?? [],
    inputs.map(({ default: own }) => own ?? ''),
  ]);
  const isWhole = /inputs\.parameters(\W*\}\}|[^.[\w])|inputs\.parameters\.\{\{/.test(text);
  if (isWhole) return;
  for (const input of inputs) {
    if (isNamed(text, input)) continue;
    const message = `the input parameter "${input.name}" is not used`;
    report(checker, 'unused-parameter', checker.spans.of(input, 'name'), message);
  }
}

function isNamed(text: string, { name }: Parameter): boolean {
  if (text.includes(`inputs.parameters.${name}`)) return true;
  return text.includes(`inputs.parameters['${name}']`) || text.includes(`inputs.parameters[\\"${name}\\"]`);
}

/** Expression tags in all texts of the template. */
function warnTexts(checker: Checker, value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (typeof child === 'string') {
      warnExpressionTags(checker, child, () =>
        checker.spans.of(value, Array.isArray(value) ? Number(key) : key),
      );
    } else warnTexts(checker, child);
  }
}

const rootWords = variableRoots.map((root) => root.slice(0, -1));

/** A tag that begins almost like a variable: it would stay in the text. */
export function warnUnknownRoot(checker: Checker, tag: Tag, spanOf: () => Span): void {
  if (!checker.warns || tag.isExpression || !tag.isClosed) return;
  const dot = tag.name.indexOf('.');
  const root = dot < 0 ? '' : tag.name.slice(0, dot);
  if (root.length < 4 || rootWords.includes(root)) return;
  const nearest = nearestName(root, rootWords);
  if (!nearest) return;
  const message = `{{${tag.name}}} is no variable and stays in the text`;
  const hint = `did you mean {{${nearest}${tag.name.slice(dot)}}}?`;
  report(checker, 'unknown-tag', spanOf(), message, { hint });
}
