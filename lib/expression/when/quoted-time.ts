/** The dates that govaluate finds in quoted text (parsing.go, tryParseTime). */

import { epochSeconds } from '../go/time/format-time.ts';
import { parseGoTime } from '../go/time/parse-time.ts';
import { GoError } from '../go-error.ts';

const layouts: readonly string[] = [
  'Mon Jan _2 15:04:05 2006',
  'Mon Jan _2 15:04:05 MST 2006',
  'Mon Jan 02 15:04:05 -0700 2006',
  '3:04PM',
  '2006-01-02T15:04:05Z07:00',
  '2006-01-02T15:04:05.999999999Z07:00',
  '2006-01-02',
  '2006-01-02 15:04',
  '2006-01-02 15:04:05',
  '2006-01-02 15:04:05-07:00',
  '2006-01-02T15Z0700',
  '2006-01-02T15:04Z0700',
  '2006-01-02T15:04:05Z0700',
  '2006-01-02T15:04:05.999999999Z0700',
];
/** Every layout needs a digit and one of these; nothing longer is a date. */
const mayBeTime = /[-:]/;
const longest = 64;

/** Unix seconds, in which govaluate compares dates; undefined where the text is no date. */
export function quotedTime(text: string): number | undefined {
  if (text.length > longest || !mayBeTime.test(text) || !/\d/.test(text)) return undefined;
  for (const layout of layouts) {
    try {
      return epochSeconds(parseGoTime(layout, text));
    } catch (error) {
      if (!(error instanceof GoError)) throw error;
    }
  }
  return undefined;
}
