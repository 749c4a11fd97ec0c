/** A mistake found in a definition. */

export interface Finding {
  /** With an error AWS refuses the definition, or we do; a warning is a mistake that AWS accepts. */
  readonly severity: 'error' | 'warning';
  readonly code: FindingCode;
  readonly message: string;
  /** A JSON pointer, as AWS writes it: `/States/E/Output/v`. */
  readonly path: string;
  /** The innermost state that the path leads into. */
  readonly state?: string;
}

/** AWS's own codes where they are known; `SUSPICIOUS_…` are ours. */
export type FindingCode =
  | 'SCHEMA_VALIDATION_FAILED'
  | 'MISSING_TRANSITION_TARGET'
  | 'MISSING_END_STATE'
  | 'INVALID_STATE_MACHINE_NAME'
  | 'DUPLICATE_STATE_NAME'
  | 'INVALID_JSONATA_EXPRESSION'
  | 'UNSUPPORTED_JSONATA_EXPRESSION'
  | 'UNSUPPORTED_QUERY_LANGUAGE'
  | 'INVALID_VARIABLE'
  | 'INVALID_RESOURCE'
  | 'DEFINITION_TOO_LARGE'
  | 'SUSPICIOUS_EXPRESSION'
  | 'SUSPICIOUS_ARGUMENTS';

export function formatFinding(finding: Finding): string {
  return `${finding.code}: ${finding.message} at ${finding.path}`;
}

/** Where a check stands, and where its findings go. */
export interface CheckPlace {
  readonly path: string;
  readonly state: string | undefined;
  readonly findings: Finding[];
}

export function at(place: CheckPlace, ...keys: readonly (string | number)[]): CheckPlace {
  const path = keys.reduce<string>(
    (to, key) => (typeof key === 'number' ? `${to}[${key}]` : `${to}/${key}`),
    place.path,
  );
  return { ...place, path };
}

export function report(place: CheckPlace, code: FindingCode, message: string): void {
  add(place, 'error', code, message);
}

export function warn(place: CheckPlace, code: FindingCode, message: string): void {
  add(place, 'warning', code, message);
}

function add(place: CheckPlace, severity: Finding['severity'], code: FindingCode, message: string): void {
  const { path, state, findings } = place;
  findings.push({ severity, code, message, path, ...(state === undefined ? {} : { state }) });
}
