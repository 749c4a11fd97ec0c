/** Answers a task token: what every waiting place of the store does in the end. */
import type { JsonValue } from '../protocol/json.ts';

export type TokenAnswer = { readonly output: JsonValue } | { readonly error: string; readonly cause: string };

export type AnswerToken = (token: string, answer: TokenAnswer) => Promise<void>;
