/** Keeps what a result needs of a container's output: its last part. */
import { RESULT_BYTES } from './limits.ts';

export interface OutputTail {
  add(chunk: Uint8Array): void;
  /** One trailing newline is cut off, then the last 256 KiB are kept (`executor.go` CaptureScriptResult). */
  result(): string;
}

export function createOutputTail(): OutputTail {
  let chunks: Uint8Array[] = [];
  let size = 0;
  const most = RESULT_BYTES + 1; // the newline does not count
  const trimmed = () => {
    const whole = Buffer.concat(chunks);
    return whole.subarray(Math.max(0, whole.length - most));
  };
  return {
    add: (chunk) => {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size > 4 * most) {
        chunks = [Buffer.from(trimmed())];
        size = most;
      }
    },
    result: () => {
      const kept = trimmed();
      const end = kept.at(-1) === 0x0a ? kept.length - 1 : kept.length;
      return kept.subarray(Math.max(0, end - RESULT_BYTES), end).toString('utf8');
    },
  };
}
