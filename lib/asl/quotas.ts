/** Limits of Step Functions that a definition or a run must keep (Developer Guide, page "service-quotas"). */

export const QUOTAS = {
  /** Characters of a definition. */
  definitionSize: 1_048_576,
  /** Bytes of UTF-8 of any input, output, result or variable. */
  payloadBytes: 262_144,
  /** The execution fails unless its event of this number is ExecutionSucceeded. */
  historyEvents: 25_000,
  stateNameLength: 80,
  executionNameLength: 80,
  labelLength: 40,
  variableNameLength: 80,
  /** All variables of an execution together, in bytes. */
  storedVariableBytes: 10_485_760,
  errorLength: 256,
  causeLength: 32_768,
  /** About as many iterations of an inline Map run at once. */
  inlineMapConcurrency: 40,
  mapRunChildren: 10_000,
  mapRunItems: 100_000_000,
  taskTimeoutSeconds: 99_999_999,
  retryIntervalSeconds: 99_999_999,
  retryAttempts: 99_999_999,
  /** MaxDelaySeconds must be less. */
  retryMaxDelaySeconds: 31_622_401,
  /** A recursion of JSONata about this deep is refused (measured by floci, issues 2667 and 2737). */
  expressionDepth: 100,
  expressionMilliseconds: 1_000,
} as const;
