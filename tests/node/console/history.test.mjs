// Which changes the history page reads, of which days, and what it writes into a file.
import './browser.mjs';

import assert from 'node:assert/strict';
import { test } from 'node:test';

process.env.TZ = 'Europe/Berlin';
const { csvOf } = await import('../../../client/console/history/csv.js');
const { NewestFirst } = await import('../../../client/console/history/newest.js');
const { CHANGES_MAX } = await import('../../../client/console/history/read.js');
const { dayText, rangeOf } = await import('../../../client/console/history/range.js');
const { millisecondsOf, timestampOf } = await import('../../../client/web/client/times.js');

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 28, 9);

/** A server with changes at some times, that lists them as the contract says. */
class Server {
  constructor(times) {
    this.times = times;
    this.calls = 0;
    this.sent = 0;
  }

  async listStatusChanges({ startTime, endTime, pageSize, pageToken }) {
    this.calls += 1;
    const [start, end] = [millisecondsOf(startTime), endTime ? millisecondsOf(endTime) : Infinity];
    const found = this.times.map((at, index) => ({ at, revision: BigInt(index + 1) })).filter(({ at }) => start <= at && at < end);
    const offset = Number(pageToken || 0);
    const page = found.slice(offset, offset + pageSize);
    this.sent += page.length;
    const changes = page.map(({ at, revision }) => ({
      userId: `u${revision}`,
      revision,
      previousStatus: 1,
      status: 2,
      cause: 1,
      actor: '',
      reason: '',
      effectiveTime: timestampOf(at),
    }));
    return { changes, nextPageToken: offset + pageSize < found.length ? String(offset + pageSize) : '' };
  }
}

const newest = (server, more = {}) => new NewestFirst({ accountId: 'acme', userId: '', start: NOW - 30 * 24 * HOUR, ...more }, NOW, server);
const read = (reader, n) => reader.more(new AbortController().signal, (changes) => changes.length >= n);

test('what is newest is read first, and all of it in the end, once', async () => {
  const times = [];
  for (let at = NOW - 29 * 24 * HOUR; at < NOW; at += 600_000) times.push(at);
  const server = new Server(times);
  const reader = newest(server);
  await read(reader, 100);
  assert.ok(reader.changes.length >= 100 && reader.changes.length < 1_000, String(reader.changes.length));
  assert.equal(reader.changes[0].at, times.at(-1));
  assert.ok(!reader.isComplete);
  while (!reader.isComplete) await read(reader, reader.changes.length + 500);
  assert.deepEqual(reader.changes.map(({ at }) => at), times.toReversed());
});

test('an empty period is found to be empty in few calls', async () => {
  const server = new Server([]);
  const reader = newest(server);
  await read(reader, 100);
  assert.ok(reader.isComplete);
  assert.ok(server.calls < 12, String(server.calls));
});

test('a quarter of a million changes are not read for the newest few', async () => {
  const times = Array.from({ length: 250_000 }, (_, index) => NOW - 1_250_000 + 5 * index);
  const server = new Server(times);
  const reader = newest(server);
  await read(reader, 500);
  assert.ok(server.sent < 12_000, String(server.sent));
  assert.equal(reader.changes[0].at, times.at(-1));
  assert.ok(!reader.isCut);
});

test('many changes of one moment are read up to a bound, and that is known', async () => {
  const reader = newest(new Server(Array(25_000).fill(NOW - 70_000)));
  await read(reader, 500);
  assert.equal(reader.changes.length, CHANGES_MAX);
  assert.ok(reader.isCut);
});

test('what happened by the clock of the server, ahead of that of the browser, is there', async () => {
  const reader = newest(new Server([NOW + 90_000]));
  await read(reader, 500);
  assert.equal(reader.changes.length, 1);
  const ended = newest(new Server([NOW - 5, NOW]), { end: NOW });
  await read(ended, 500);
  assert.deepEqual(ended.changes.map(({ at }) => at), [NOW - 5]);
});

test('days are as long as they are where the reader is', () => {
  // The clocks were put back on 2026-10-25, and forward on 2026-03-29.
  const length = ({ start, end }) => (end - start) / HOUR;
  assert.equal(length(rangeOf('days', '2026-10-25', '2026-10-25', NOW)), 25);
  assert.equal(length(rangeOf('days', '2026-03-29', '2026-03-29', NOW)), 23);
  assert.equal(length(rangeOf('days', '2026-10-24', '2026-10-26', NOW)), 73);
  assert.equal(length(rangeOf('yesterday', '', '', Date.UTC(2026, 9, 26, 9))), 25);
  assert.equal(new Date(rangeOf('7', '', '', Date.UTC(2026, 9, 26, 9)).start).toISOString(), '2026-10-19T22:00:00.000Z');
  assert.equal(new Date(rangeOf('today', '', '', NOW).start).toISOString(), '2026-11-27T23:00:00.000Z');
  assert.equal(rangeOf('hour', '', '', NOW).start, NOW - HOUR);
  for (const [first, last] of [['', ''], ['2026-10-25', '2026-10-24'], ['x', '2026-10-24']]) {
    assert.equal(rangeOf('days', first, last, NOW), null, `${first} ${last}`);
  }
  assert.equal(length(rangeOf('days', '2026-11-01', '', NOW)), 24);
  assert.equal(dayText(Date.UTC(2026, 0, 31, 23, 30)), '2026-02-01');
});

test('a file for a spreadsheet holds what was written, and no formula', () => {
  const change = { id: '=cmd|x', at: NOW, revision: 1n, from: 0, to: 2, cause: 1, actor: 'kim "k"', reason: 'a,b\nc', name: '', team: '' };
  const end = { actor: '', reason: '', expireAt: NOW + HOUR, then: 2 };
  assert.equal(
    csvOf([change, { ...change, id: 'ann', from: 3, cause: 5, actor: '', reason: '' }, { ...change, id: 'ben', ...end, name: '=Ben', team: 'night' }]),
    'effective_time,user_id,previous_status,status,cause,actor,reason,expire_time,then,display_name,team_id\r\n' +
      '2026-11-28T09:00:00.000Z,\'=cmd|x,UNSPECIFIED,AWAY,MANUAL,"kim ""k""","a,b\nc",,,,\r\n' +
      '2026-11-28T09:00:00.000Z,ann,OFFLINE,AWAY,DISCONNECT,,,,,,\r\n' +
      '2026-11-28T09:00:00.000Z,ben,UNSPECIFIED,AWAY,MANUAL,,,2026-11-28T10:00:00.000Z,ONLINE,\'=Ben,night\r\n',
  );
});

test('whoever is erased is in no change that has been read, also where they set others', async () => {
  const reader = new NewestFirst({ accountId: 'acme', userId: '', start: NOW - HOUR, end: NOW }, NOW, new Server([NOW - 2, NOW - 1]));
  await reader.more(new AbortController().signal, () => false);
  Object.assign(reader.changes[1], { id: 'ann', name: 'Ann', actor: 'kim', reason: 'lunch' });
  Object.assign(reader.changes[0], { actor: 'ann', reason: 'late' });
  reader.forget('ann');
  assert.deepEqual(
    reader.changes.map(({ id, name, actor, reason }) => [id, name, actor, reason]),
    [['u2', undefined, '', 'late'], ['', '', '', '']],
  );
});
