import { expect, test } from 'vitest';
import { isOpenAt, type Schedule } from '../../src/domain/delivery/opening-hours.ts';
import { workdays } from './depot.ts';

const closed = { monday: [], tuesday: [], wednesday: [], thursday: [], friday: [], saturday: [], sunday: [] };

const open = (schedule: Partial<Schedule>, at: string) =>
  isOpenAt({ timezone: 'Africa/Nairobi', hours: closed, exceptions: [], ...schedule }, new Date(at));

test('a hub is open by its own clock: from its first minute on, and not in the minute that it closes', () => {
  // A Monday; Nairobi is three hours ahead.
  expect(open({ hours: workdays }, '2026-11-23T04:59:59.999Z')).toBe(false);
  expect(open({ hours: workdays }, '2026-11-23T05:00:00.000Z')).toBe(true);
  expect(open({ hours: workdays }, '2026-11-23T14:59:59.999Z')).toBe(true);
  expect(open({ hours: workdays }, '2026-11-23T15:00:00.000Z')).toBe(false);
  // Still Sunday in UTC, Monday in Kiritimati.
  expect(open({ hours: workdays, timezone: 'Pacific/Kiritimati' }, '2026-11-22T19:00:00Z')).toBe(true);
});

test('hours over midnight belong to the day on which they begin', () => {
  const hours = { ...closed, friday: [{ from: '20:00', to: '02:00' }] };
  expect(open({ hours }, '2026-11-27T16:59:00Z')).toBe(false);
  expect(open({ hours }, '2026-11-27T17:00:00Z')).toBe(true);
  expect(open({ hours }, '2026-11-27T22:59:00Z')).toBe(true);
  expect(open({ hours }, '2026-11-27T23:00:00Z')).toBe(false);
  // Friday's night goes on although the Saturday is a holiday; a holiday on the Friday takes all of it.
  const saturdayOff = [{ date: '2026-11-28', hours: [] }];
  expect(open({ hours, exceptions: saturdayOff }, '2026-11-27T22:00:00Z')).toBe(true);
  expect(open({ hours, exceptions: [{ date: '2026-11-27', hours: [] }] }, '2026-11-27T22:00:00Z')).toBe(false);
});

test('midnight to 24:00 is the whole day, its last minute too', () => {
  const hours = { ...closed, monday: [{ from: '00:00', to: '24:00' }] };
  expect(open({ hours }, '2026-11-22T21:00:00Z')).toBe(true);
  expect(open({ hours }, '2026-11-23T20:59:59Z')).toBe(true);
  expect(open({ hours }, '2026-11-23T21:00:00Z')).toBe(false);
});

test('when the clock is put forward, a range that begins in the skipped hour begins after it', () => {
  // Berlin skips from 02:00 to 03:00 on 29 March 2026.
  const schedule = {
    timezone: 'Europe/Berlin',
    hours: { ...closed, sunday: [{ from: '02:30', to: '04:00' }] },
  };
  expect(open(schedule, '2026-03-29T00:59:59Z')).toBe(false);
  expect(open(schedule, '2026-03-29T01:00:00Z')).toBe(true);
  expect(open(schedule, '2026-03-29T01:59:59Z')).toBe(true);
  expect(open(schedule, '2026-03-29T02:00:00Z')).toBe(false);
});

test('an hour that the clock shows twice is open twice', () => {
  // Berlin shows 02:00 to 03:00 twice on 25 October 2026: from 00:00 and from 01:00 UTC.
  const schedule = {
    timezone: 'Europe/Berlin',
    hours: { ...closed, sunday: [{ from: '02:00', to: '03:00' }] },
  };
  const moments = ['2026-10-24T23:59:00Z', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T02:00:00Z'];
  expect(moments.map((at) => open(schedule, at))).toEqual([false, true, true, false]);
});
