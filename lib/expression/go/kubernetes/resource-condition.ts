/** Success and failure conditions of resource templates: workflow/executor/resource.go of Argo. */
import { GoError } from '../../go-error.ts';
import { parseJson } from '../json-decode.ts';
import { goQuote } from '../quote.ts';
import { jsonMember } from './json-member.ts';
import { parseSelector, type Requirement, requirementMatches } from './label-selector.ts';

export interface ResourceConditions {
  readonly successCondition?: string;
  readonly failureCondition?: string;
}

export type ResourceOutcome =
  | { readonly kind: 'succeeded' }
  /** Neither condition holds yet: Argo looks again later. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'failed'; readonly message: string }
  /** A condition does not parse. */
  | { readonly kind: 'invalid'; readonly message: string };

/** The outcome for an object, given as JSON. Of a failure condition, any requirement that holds is enough. */
export function resourceOutcome(conditions: ResourceConditions, object: string): ResourceOutcome {
  const success = readCondition('success', conditions.successCondition);
  if ('kind' in success) return success;
  const failure = readCondition('fail', conditions.failureCondition);
  if ('kind' in failure) return failure;
  if (success.requirements.length + failure.requirements.length === 0) return { kind: 'succeeded' };
  if (!isJson(object)) {
    const detail = 'Encountered invalid JSON response when checking resource status. Will not be retried';
    return { kind: 'failed', message: `${detail}: ${goQuote(object)}` };
  }
  const lookup = (key: string): string | undefined => jsonMember(object, key);
  const reason = failure.requirements.find((requirement) => requirementMatches(requirement, lookup));
  if (reason) {
    return { kind: 'failed', message: `failure condition '${requirementText(reason)}' evaluated true` };
  }
  const isDone = success.requirements.every((requirement) => requirementMatches(requirement, lookup));
  return { kind: isDone ? 'succeeded' : 'waiting' };
}

function readCondition(
  name: 'success' | 'fail',
  condition = '',
): { requirements: Requirement[] } | Extract<ResourceOutcome, { kind: 'invalid' }> {
  try {
    return { requirements: parseSelector(condition) };
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    return { kind: 'invalid', message: `${name} condition '${condition}' failed to parse: ${error.message}` };
  }
}

function isJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}

function requirementText({ key, operator, values }: Requirement): string {
  return `{${key} ${operator} [${values.join(' ')}]}`;
}
