/** Checks durations, integers, quantities, strftime and AnyString against measured results. */
import { anyString } from '../../../lib/expression/go/any-string.ts';
import { parseArgoDuration, parseContainerSetDuration } from '../../../lib/expression/go/argo-duration.ts';
import {
  intOrStringType,
  intOrStringValue,
  intOrStringValue32,
  isIntOrArgoVariable,
} from '../../../lib/expression/go/int-or-string.ts';
import { goJsonString } from '../../../lib/expression/go/json-encode.ts';
import { parseQuantity } from '../../../lib/expression/go/kubernetes/quantity.ts';
import { goDurationText, parseGoDuration } from '../../../lib/expression/go/time/duration.ts';
import { parseGoTime } from '../../../lib/expression/go/time/parse-time.ts';
import { strftime } from '../../../lib/expression/go/time/strftime.ts';
import { GoError } from '../../../lib/expression/go-error.ts';

interface Vector {
  readonly op: string;
  readonly input: string;
  readonly time?: string;
  readonly parsedAs?: string;
  readonly error?: string;
  readonly [field: string]: unknown;
}

/** Undefined if the result is the measured one, else what differs. */
export function check(vector: unknown): string | undefined {
  const expected = vector as Vector;
  let found: Readonly<Record<string, unknown>>;
  try {
    found = evaluate(expected);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    return expected.error === undefined ? `unexpected error: ${error.message}` : undefined;
  }
  if (expected.error !== undefined && expected.op !== 'int') return `no error, but ${JSON.stringify(found)}`;
  const wrong = Object.keys(found).find((field) => !Object.is(found[field], expected[field]));
  return wrong && `${wrong}: expected ${String(expected[wrong])}, found ${String(found[wrong])}`;
}

function evaluate({ op, input, time, parsedAs }: Vector): Readonly<Record<string, unknown>> {
  switch (op) {
    case 'duration':
      return durationFields(parseArgoDuration(input));
    case 'goDuration':
      return durationFields(parseGoDuration(input));
    case 'containerSetRetryDuration':
      return { seconds: Number(parseContainerSetDuration(input)) / 1e9 };
    case 'int':
      return intFields(input, parsedAs);
    case 'quantity': {
      const { canonical, value, milliValue } = parseQuantity(input);
      return { canonical, value: Number(value), milliValue: Number(milliValue) };
    }
    case 'strftime':
      return { text: strftime(parseGoTime('2006-01-02T15:04:05Z07:00', time ?? ''), input) };
    case 'anyString':
      return { text: anyString(input), marshalled: goJsonString(anyString(input)) };
    default:
      throw new Error(`unknown op ${op}`);
  }
}

function durationFields(nanos: bigint): Readonly<Record<string, unknown>> {
  return { seconds: Number(nanos) / 1e9, text: goDurationText(nanos) };
}

/** A field given as JSON string stays a string even where it could be a number. */
function intFields(input: string, parsedAs?: string): Readonly<Record<string, unknown>> {
  const fields = {
    intOrArgoVariable: isIntOrArgoVariable(input),
    ...(parsedAs === 'int' ? { parsedAs: intOrStringType(input) } : {}),
  };
  try {
    return { ...fields, value: Number(intOrStringValue(input)), value32: intOrStringValue32(input) };
  } catch (error) {
    if (error instanceof GoError) return { ...fields, error: error.message };
    throw error;
  }
}
