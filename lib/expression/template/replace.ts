/**
 * Substitution in JSON text, faithful to Argo's util/template: values are put into the text, so that a
 * further pass finds the tags in them. The runtime uses `substitute.ts`, which never scans values.
 */
import type { Scope } from '../scope.ts';
import { resolveTag, type TagContext, tagContext } from './resolve-tag.ts';
import type { Strictness } from './strictness.ts';
import { findTags, unclosedTag } from './tags.ts';

export type Replaced =
  | { readonly ok: true; readonly text: string }
  /** `missing`: a variable is not there yet; Argo waits for it. */
  | { readonly ok: false; readonly error: string; readonly missing: boolean };

/** The JSON text with its tags replaced. */
export function replaceJsonText(text: string, scope: Scope, strictness: Strictness): Replaced {
  if (!isJson(text)) return failed('cannot do template replacements with invalid JSON');
  const replaced = replaceTags(text, tagContext(scope, strictness));
  if (replaced.ok && !isJson(replaced.text)) {
    return failed('cannot finish template replacement because the result was invalid JSON');
  }
  return replaced;
}

/**
 * The same for a text that is no JSON, which Argo does with the `when` of a CronWorkflow: quotes in tags
 * then fail.
 */
export function replaceRawText(text: string, scope: Scope, strictness: Strictness): Replaced {
  return replaceTags(text, tagContext(scope, strictness));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What went wrong, and whether waiting may help (IsMissingVariableErr). */
export function failed(error: string): Replaced & { readonly ok: false } {
  const missing = ['failed to resolve {{', ' is missing', 'variable not in env'].some((part) =>
    error.includes(part),
  );
  return { ok: false, error, missing };
}

function replaceTags(text: string, context: TagContext): Replaced {
  const open = unclosedTag(text);
  if (open !== undefined)
    return failed(`Cannot find end tag="}}" in the template starting from ${text.slice(open)}`);
  const parts: string[] = [];
  let rest = 0;
  for (const { start, end } of findTags(text)) {
    parts.push(text.slice(rest, start));
    rest = end;
    const outcome = resolveTag(text.slice(start + 2, end - 2), context);
    switch (outcome.kind) {
      case 'fault':
        return failed(outcome.error);
      case 'kept':
        parts.push(text.slice(start, end));
        break;
      case 'value':
        parts.push(outcome.json);
        break;
      case 'nested':
        parts.push('{{', outcome.prefix, outcome.json);
        break;
    }
  }
  parts.push(text.slice(rest));
  return { ok: true, text: parts.join('') };
}
