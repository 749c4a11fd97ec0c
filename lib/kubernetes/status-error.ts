/** Answers that are errors, in kubectl's words (kubectl/pkg/cmd/util/helpers.go). */
import type { ApiResponse } from './api.ts';

interface Status {
  readonly message?: string;
  readonly reason?: string;
  readonly details?: {
    readonly kind?: string;
    readonly name?: string;
    readonly causes?: readonly { readonly field?: string; readonly message?: string }[];
  };
}

/** What went wrong, for the node's message. */
export interface KubectlError extends Error {
  readonly name: 'KubectlError';
  /** Of the server's answer, where there was one. */
  readonly status?: number;
}

export function kubectlError(message: string, status?: number): KubectlError {
  return Object.assign(new Error(message), { name: 'KubectlError', ...(status && { status }) } as const);
}

export function isKubectlError(thrown: unknown): thrown is KubectlError {
  return thrown instanceof Error && thrown.name === 'KubectlError';
}

export function isSuccess({ status }: ApiResponse): boolean {
  return status >= 200 && status < 300;
}

/** `doing` is what kubectl was at, such as `error when creating "/tmp/manifest.yaml"`. */
export function serverError(response: ApiResponse, doing?: string): KubectlError {
  const status = statusOf(response);
  if (response.status === 422 && status.reason === 'Invalid')
    return kubectlError(invalidText(status), response.status);
  const place = doing === undefined ? '' : `${doing}: `;
  const reason = status.reason ? ` (${status.reason})` : '';
  return kubectlError(`Error from server${reason}: ${place}${messageOf(response)}`, response.status);
}

export function messageOf(response: ApiResponse): string {
  return statusOf(response).message ?? `the server answered ${response.status}`;
}

function statusOf({ body }: ApiResponse): Status {
  try {
    const parsed = JSON.parse(body) as Status | null;
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return body.trim() === '' ? {} : { message: body.trim() };
  }
}

function invalidText({ message = '', details }: Status): string {
  if (details === undefined) return `The request is invalid: ${message}`;
  const { kind = '', name = '', causes = [] } = details;
  const isNamed = kind !== '' || name !== '';
  const about = isNamed ? `The ${kind} "${name}" is invalid` : 'The request is invalid';
  const texts = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))];
  if (texts.length === 0) return isNamed || message === '' ? about : `${about}: ${message}`;
  if (texts.length === 1) return `${about}: ${texts[0]}\n`;
  return `${about}: \n${texts.map((text) => `* ${text}\n`).join('')}`;
}
