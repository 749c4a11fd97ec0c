/** What one parse may take in, so that hostile input ends in a diagnostic and not in a full memory. */

export interface Limits {
  /** UTF-16 units of one source. */
  readonly sourceLength: number;
  readonly documents: number;
  readonly depth: number;
  /** Nodes of one document, counted once for each alias that stands for them. */
  readonly nodes: number;
}

/** Ample for hand-written and generated workflows: Argo itself stops at a document of 1 MB. */
export const defaultLimits: Limits = {
  sourceLength: 16_000_000,
  documents: 2_000,
  depth: 100,
  nodes: 1_000_000,
};
