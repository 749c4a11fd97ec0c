/** Which role the task of a state has: that of its service account, where the stack knows one. */
import type { Bundle } from '../evaluate/bundle.ts';
import { asText, isBag, parsedJson } from './bag.ts';

export type Origins = Readonly<Record<string, { readonly template: string }>>;

export interface WithOrigins {
  readonly bundle: Bundle;
  readonly origins: Origins;
}

/** A template's service account wins over the workflow's (workflow/controller/workflowpod.go). */
export function taskRoles(
  { bundle, origins }: WithOrigins,
  roles: Readonly<Record<string, string>>,
): (state: string) => string | undefined {
  return (state) => {
    const template = bundle.templates[origins[state]?.template ?? '']?.template;
    const account = template?.serviceAccountName ?? bundle.spec.serviceAccountName ?? 'default';
    return Object.hasOwn(roles, account) ? roles[account] : undefined;
  };
}

/** The roles as the environment holds them; empty for none. */
export function readRoles(text: string | undefined): Readonly<Record<string, string>> {
  const value = parsedJson(text);
  if (!isBag(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([account, role]) => {
      const arn = asText(role);
      return arn === undefined ? [] : [[account, arn]];
    }),
  );
}
