// Ends of statuses: how they are chosen, and what is said of them. The reader is in Berlin.
import './browser.mjs';

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Cause, Status, Then } from '../../../client/web/gen/onduty/v1/status_pb.js';
import { millisecondsOf } from '../../../client/web/client/times.js';
import { causeInWords, causeName, endInWords } from '../../../client/console/cause.js';
import { People } from '../../../client/console/board/people.js';
import { OPEN, endOf, isUnclear } from '../../../client/console/board/until.js';

process.env.TZ = 'Europe/Berlin';

const ended = (time, now) => {
  const { expireTime, then } = endOf({ minutes: -1, time, then: Then.AWAY }, Date.parse(now));
  assert.equal(then, Then.AWAY);
  return new Date(millisecondsOf(expireTime)).toISOString();
};

test('a status without an end is set as ever', () => {
  assert.deepEqual(endOf(OPEN), {});
  assert.equal(isUnclear(OPEN), false);
});

test('an end in some minutes needs no clock', () => {
  const { ttl, expireTime, then } = endOf({ ...OPEN, minutes: 30 });
  assert.deepEqual([millisecondsOf(ttl), expireTime, then], [1_800_000, undefined, Then.AUTOMATIC]);
});

test('a time of day is the next one that the clock of the reader shows', () => {
  assert.equal(ended('12:30', '2026-11-26T11:00:00Z'), '2026-11-26T11:30:00.000Z');
  assert.equal(ended('12:30', '2026-11-26T11:29:59Z'), '2026-11-26T11:30:00.000Z');
  // Less than a second ahead is too late for today.
  assert.equal(ended('12:30', '2026-11-26T11:29:59.500Z'), '2026-11-27T11:30:00.000Z');
  assert.equal(ended('00:05', '2026-11-26T22:58:00Z'), '2026-11-26T23:05:00.000Z');
  // The clock is put back in the night to the 25th of October: that day has an hour more.
  assert.equal(ended('12:00', '2026-10-24T10:30:00Z'), '2026-10-25T11:00:00.000Z');
  assert.equal(isUnclear({ minutes: -1, time: '', then: Then.ONLINE }), true);
});

test('an end is told with what follows, where that is settled', () => {
  const expireAt = new Date().setHours(12, 30, 0, 0);
  assert.equal(endInWords({ expireAt, then: Then.ONLINE }), 'until 12:30, then Online');
  assert.equal(endInWords({ expireAt, then: Then.OFFLINE }), 'until 12:30, then Offline');
  assert.equal(endInWords({ expireAt, then: Then.AUTOMATIC }), 'until 12:30');
  assert.equal(endInWords({ expireAt: expireAt + 15_000, then: Then.AUTOMATIC }), 'until 12:30:15');
  assert.equal(endInWords({}), '');
  const set = { cause: Cause.MANUAL, actor: 'kim', reason: 'lunch', expireAt, then: Then.AWAY };
  assert.equal(causeInWords(set).replace(/[\u2066-\u2069]/g, ''), 'set by kim until 12:30, then Away: lunch');
});

test('every cause has words and a name', () => {
  for (const cause of Object.values(Cause).filter((each) => typeof each === 'number' && each)) {
    assert.ok(causeInWords({ cause, actor: '', reason: '' }), Cause[cause]);
    assert.ok(causeName(cause), Cause[cause]);
  }
  assert.equal(causeName(Cause.UNSPECIFIED), '');
});

test('a disconnection hides the end that is underneath until the server is asked, and the change that lifts it tells of it', () => {
  const people = new People();
  const time = (ms) => ({ seconds: BigInt(ms / 1_000), nanos: 0 });
  const told = { accountId: 'acme', userId: 'ann', actor: '', reason: '', then: Then.UNSPECIFIED, nextCause: Cause.UNSPECIFIED };
  const user = { ...told, status: Status.AWAY, cause: Cause.MANUAL, revision: 1n, expireTime: time(9_000), then: Then.ONLINE };
  people.take({ ...user, connected: true, engagements: 2, nextCause: Cause.EXPIRY }, 1);
  const shown = () => {
    const { expireAt, then, isConnected, engagements } = people.all.get('ann');
    return { expireAt, then, isConnected, engagements };
  };
  assert.deepEqual(shown(), { expireAt: 9_000, then: Then.ONLINE, isConnected: true, engagements: 2 });
  const change = (value) => people.apply({ case: 'changes', value: { changes: [{ change: { case: 'statusChange', value } }] } }, 2);
  change({ ...told, status: Status.OFFLINE, cause: Cause.DISCONNECT, revision: 2n });
  assert.deepEqual(shown(), { expireAt: undefined, then: Then.UNSPECIFIED, isConnected: false, engagements: 2 });
  change({ ...user, revision: 3n });
  assert.deepEqual(shown(), { expireAt: 9_000, then: Then.ONLINE, isConnected: false, engagements: 2 });
});
