/** Go's layouts, durations and zones. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseArgoDuration, parseContainerSetDuration } from '../../../lib/expression/go/argo-duration.ts';
import { goDurationText, parseGoDuration } from '../../../lib/expression/go/time/duration.ts';
import { formatGoTime } from '../../../lib/expression/go/time/format-time.ts';
import { parseGoTime } from '../../../lib/expression/go/time/parse-time.ts';
import { strftime } from '../../../lib/expression/go/time/strftime.ts';
import { localToEpoch, zoneOffset } from '../../../lib/expression/go/time/zone.ts';
import { survives } from '../survives.ts';

const rfc3339 = '2006-01-02T15:04:05.999999999Z07:00';
const moment = parseGoTime(rfc3339, '2024-02-09T13:04:05.0625+05:30');

describe('layouts', () => {
  test.each([
    ['Mon Jan _2 3:04PM 06', 'Fri Feb  9 1:04PM 24'],
    ['Month Janu MST -07 Z0700', 'Month Janu +0530 +05 +0530'],
    ['002 __2 .000 .999999 ,9', '040  40 .062 .0625 '],
    ['_2006 15h4m5s', '_2024 13h4m5s'],
  ])('format %s', (layout, text) => expect(formatGoTime(moment, layout)).toBe(text));

  test.each([
    ['2006-01-02', '2024-02-30', undefined],
    ['2006-01-02 15:04:05', '2024-02-29 10:11:12,5', '2024-02-29T10:11:12.5Z'],
    ['2006-002', '2024-366', '2024-12-31T00:00:00Z'],
    ['2 Jan 06 3PM', '1 feb 70 12AM', '1970-02-01T00:00:00Z'],
    ['15:04 MST', '10:00 CET', '0000-01-01T10:00:00Z'],
    ['15:04 MST', '10:00 GMT+3', '0000-01-01T13:00:00+03:00'],
    ['15:04', '24:00', undefined],
    ['2006', '2024x', undefined],
  ])('parse %s %s', (layout, text, expected) => {
    if (expected === undefined) expect(() => parseGoTime(layout, text)).toThrow(/^parsing time/);
    else expect(formatGoTime(parseGoTime(layout, text), rfc3339)).toBe(expected);
  });

  test('read back what they write, and survive any text', () => {
    const piece = fc.constantFrom(
      '2006',
      '01',
      'Jan',
      '_2',
      '002',
      '15',
      '03',
      'PM',
      '.000',
      'MST',
      'Z07:00',
      ' ',
      'é',
    );
    const layout = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(fc.property(layout, fc.string(), (text, value) => survives(() => parseGoTime(text, value))));
    fc.assert(
      fc.property(fc.date({ min: new Date(0), noInvalidDate: true, max: new Date(4e12) }), (date) => {
        const time = parseGoTime(rfc3339, date.toISOString());
        expect(time.nanos).toBe(BigInt(date.getTime()) * 1_000_000n);
        expect(new Date(formatGoTime(time, rfc3339)).getTime()).toBe(date.getTime());
      }),
    );
  });
});

describe('zones', () => {
  test.each([
    ['Europe/Berlin', 1_720_000_000, 7200, 'CEST'],
    ['America/New_York', 0, -18000, 'EST'],
    ['Asia/Kathmandu', 1_720_000_000, 20700, '+0545'],
    ['EST-05:00', 0, -18000, 'EST'],
    ['UTC', 0, 0, 'UTC'],
  ])('%s at %d', (zone, at, seconds, name) => expect(zoneOffset(zone, at)).toEqual({ seconds, name }));

  test('a wall clock that daylight saving skips', () => {
    // 2024-03-31 02:30 does not exist in Berlin; Go reads it with the offset before the change.
    const wall = Date.UTC(2024, 2, 31, 2, 30) / 1000;
    expect(localToEpoch('Europe/Berlin', wall)).toBe(wall - 3600);
  });
});

describe('durations', () => {
  test.each([
    ['1h30m', '1h30m0s'],
    ['-1.5s', '-1.5s'],
    ['1us2ns', '1.002µs'],
    ['0.3333333333333333333h', '20m0s'],
    ['.5m', '30s'],
  ])('%s', (text, shown) => expect(goDurationText(parseGoDuration(text))).toBe(shown));

  test.each(['', '.', 's', '1', '1d', '9223372036854775808ns', '1h 2m', '٣s'])('refuses %j', (text) => {
    expect(() => parseGoDuration(text)).toThrow(/^time: /);
  });

  test('fields of Argo take seconds, except those of container sets', () => {
    expect(goDurationText(parseArgoDuration('90'))).toBe('1m30s');
    expect(() => parseContainerSetDuration('90')).toThrow();
    expect(() => parseContainerSetDuration('-1s')).toThrow(/positive/);
  });

  test('read back what they write, and survive any text', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), (nanos) => {
        expect(parseGoDuration(goDurationText(nanos))).toBe(nanos);
      }),
    );
    const text = fc.string({ unit: fc.constantFrom(...'0123456789.hmsnuµ-+ d') });
    fc.assert(fc.property(text, (value) => survives(() => parseGoDuration(value))));
  });
});

test('strftime leaves what Argo does not know', () => {
  expect(strftime(moment, '%Y-%m %e %% %L %')).toBe('2024-02 %e % .062 %');
});
