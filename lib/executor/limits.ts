/** Bounds on what the executor takes in and gives out. */

/** `workflow/executor/executor.go` CaptureScriptResult: of a longer output the last part is the result. */
export const RESULT_BYTES = 256 * 1024;

/** A parameter is part of states and expressions; a file of this size is an artifact. */
export const PARAMETER_BYTES = 16 * 1024 * 1024;

/** The longest single argument that Linux takes (MAX_ARG_STRLEN); Argo puts longer ones in a file. */
export const ARGUMENT_BYTES = 131_072;

/** SendTaskFailure takes no longer cause: https://docs.aws.amazon.com/step-functions/latest/apireference/ */
export const CAUSE_CHARACTERS = 32_768;

export interface ArchiveLimits {
  readonly entries: number;
  readonly bytes: number;
  /** Unpacked ÷ packed, looked at only past `ratioFrom` bytes. */
  readonly ratio: number;
  readonly ratioFrom: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  entries: 1_000_000,
  bytes: 256 * 1024 ** 3,
  ratio: 1100, // DEFLATE cannot reach more than 1,032
  ratioFrom: 64 * 1024 ** 2,
};

/** Zip archives are unpacked in memory. */
export const ZIP_BYTES = 1024 ** 3;
