/** The items of `withSequence` (workflow/controller/operator.go, expandSequence). */
import type { Sequence } from '../../argo/parameter.ts';
import { parseGoInt } from '../go/parse-number.ts';
import { type ExactJson, parseExactJson } from './exact-json.ts';
import { formatInteger } from './format-integer.ts';
import type { ItemsParse } from './item.ts';

/** Argo has no limit of its own and runs out of memory. */
const maxItems = 1_000_000n;
const maxText = 1 << 25;

class SequenceError extends Error {}

function integerOf(value: number | string): bigint {
  const text = String(value);
  const parsed = parseGoInt(text);
  if (parsed !== undefined) return parsed;
  const reason = /^[+-]?[0-9]+$/.test(text) ? 'value out of range' : 'invalid syntax';
  throw new SequenceError(`strconv.Atoi: parsing ${JSON.stringify(text)}: ${reason}`);
}

function boundsOf(sequence: Sequence): { start: bigint; end: bigint } | undefined {
  const start = sequence.start === undefined ? 0n : integerOf(sequence.start);
  if (sequence.end !== undefined) return { start, end: integerOf(sequence.end) };
  if (sequence.count === undefined) {
    throw new SequenceError('neither end nor count was specified in withSequence');
  }
  const count = integerOf(sequence.count);
  // A negative count counts down past the start: -2 gives four items.
  return count === 0n ? undefined : { start, end: BigInt.asIntN(64, start + count - 1n) };
}

function itemsBetween(start: bigint, end: bigint, format: string): ExactJson[] {
  const step = start <= end ? 1n : -1n;
  const count = (end - start) * step + 1n;
  if (count > maxItems)
    throw new SequenceError(`withSequence would make ${count} items, the limit is ${maxItems}`);
  const items: ExactJson[] = [];
  let size = 0;
  for (let index = 0n; index < count; index++) {
    const text = formatInteger(format, start + index * step);
    size += text.length;
    if (size > maxText) throw new SequenceError('withSequence would make more text than can be held');
    // The text is put between quotes as it is, so it must be good inside a JSON string.
    const parsed = parseExactJson(`"${text}"`);
    if (!parsed.ok) throw new SequenceError(parsed.error);
    items.push(parsed.value);
  }
  return items;
}

/** The items of a sequence whose tags have been replaced. `end` counts where `count` is given as well. */
export function expandSequence(sequence: Sequence): ItemsParse {
  try {
    const bounds = boundsOf(sequence);
    if (!bounds) return { ok: true, items: [] };
    return { ok: true, items: itemsBetween(bounds.start, bounds.end, sequence.format || '%d') };
  } catch (error) {
    if (!(error instanceof SequenceError)) throw error;
    return { ok: false, error: error.message };
  }
}
