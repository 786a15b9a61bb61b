// Which days reports are of, what they make of the server's answers, and what is written into their files.
import './browser.mjs';

import assert from 'node:assert/strict';
import { test } from 'node:test';

// The reader is far from the account.
process.env.TZ = 'America/New_York';
const { CHOICES, dayAfter, dayOf, isKnown, marksOf, momentOf, rangeOf, startOf } = await import('../../../client/console/reports/calendar.js');
const { byName, lineOf, rowsOf, timesOf, totalOf, without } = await import('../../../client/console/reports/model.js');
const { countsCsv, linesCsv, timesCsv } = await import('../../../client/console/reports/csv.js');
const { PEOPLE_MAX, readCounts, readLines, readTimes, stepOf } = await import('../../../client/console/reports/read.js');
const { loadReportTexts, r } = await import('../../../client/console/texts/reports.js');
const { choose } = await import('../../../client/console/texts/index.js');
const words = await import('../../../client/console/reports/words.js');
const { fullestOf, largestIn, scaleTo } = await import('../../../client/console/ui/curve.js');
const { Bucket, Cause, Status, TimeGroup } = await import('../../../client/console/lib.js');
const { durationOf, millisecondsOf, timestampOf } = await import('../../../client/web/client/times.js');
await loadReportTexts();

const [MINUTE, HOUR] = [60_000, 3_600_000];
const BERLIN = 'Europe/Berlin';
const NOW = Date.UTC(2026, 10, 28, 9);

test('days begin at their first moment in the zone of the account', () => {
  assert.equal(startOf('2026-11-28', BERLIN), Date.UTC(2026, 10, 27, 23));
  assert.equal(startOf('2026-11-28', 'Asia/Kolkata'), Date.UTC(2026, 10, 27, 18, 30));
  assert.equal(startOf('2026-11-28', 'UTC'), Date.UTC(2026, 10, 28));
  assert.equal(dayOf(Date.UTC(2026, 10, 27, 23), BERLIN), '2026-11-28');
  assert.equal(dayOf(Date.UTC(2026, 10, 27, 23) - 1, BERLIN), '2026-11-27');
  assert.equal(dayAfter('2028-02-28', 1), '2028-02-29');
  // In Beirut a day of spring begins at one, and in Havana midnight comes twice in autumn.
  assert.equal(startOf('2026-03-29', 'Asia/Beirut'), Date.UTC(2026, 2, 28, 22));
  assert.equal(startOf('2026-11-01', 'America/Havana'), Date.UTC(2026, 10, 1, 4));
});

test('a day of 23 or 25 hours ends where the next one begins, and its hours are where clocks show them', () => {
  const [spring, autumn] = ['2026-03-29', '2026-10-25'].map((day) => rangeOf('days', day, day, NOW, BERLIN));
  assert.equal(spring.end - spring.start, 23 * HOUR);
  assert.equal(autumn.end - autumn.start, 25 * HOUR);
  assert.equal(momentOf('2026-10-25', 180, BERLIN) - autumn.start, 4 * HOUR);
  assert.deepEqual(marksOf(spring, 6, BERLIN).map((ms) => (ms - spring.start) / HOUR), [0, 5, 11, 17]);
  assert.equal(marksOf(rangeOf('week', '', '', NOW, BERLIN), 24, BERLIN).length, 7);
});

test('ranges are those of the calendar, with weeks that begin on Mondays', () => {
  // A Saturday; still the 28th in Berlin, though not at the reader's.
  const of = (choice, now = NOW) => Object.values(rangeOf(choice, '', '', now, BERLIN)).slice(2);
  assert.deepEqual(of('today'), ['2026-11-28', '2026-11-28']);
  assert.deepEqual(of('yesterday'), ['2026-11-27', '2026-11-27']);
  assert.deepEqual(of('week'), ['2026-11-23', '2026-11-29']);
  assert.deepEqual(of('last-week'), ['2026-11-16', '2026-11-22']);
  assert.deepEqual(of('month'), ['2026-11-01', '2026-11-30']);
  assert.deepEqual(of('last-month'), ['2026-10-01', '2026-10-31']);
  assert.deepEqual(of('last-month', Date.UTC(2028, 2, 31, 12)), ['2028-02-01', '2028-02-29']);
  assert.deepEqual(of('week', Date.UTC(2026, 10, 29, 23)), ['2026-11-30', '2026-12-06']);
  for (const [first, last] of [['2026-11-02', '2026-11-01'], ['', '2026-11-01'], ['2025-01-01', '2026-11-01'], ['26-1-1', '2026-01-01']]) {
    assert.equal(rangeOf('days', first, last, NOW, BERLIN), null, `${first} ${last}`);
  }
  assert.ok(CHOICES.includes('days') && isKnown(BERLIN) && !isKnown('Mars/Olympus'));
});

const interval = (from, to, status = 0, cause = 0, elsewhere = false) => ({
  ...{ startTime: timestampOf(from), endTime: timestampOf(to), status, cause, elsewhere },
});
const person = (userId, fields) => ({ userId, displayName: '', teamId: '', erased: false, ...fields });

test('what is not known has a reason, and everything else is as the server told it', () => {
  const told = [interval(0, 10), interval(10, 30, Status.ONLINE, Cause.ACTIVITY), interval(30, 40, 0, 0, true), interval(40, 50)];
  const line = lineOf(person('', { intervals: told, erased: true }), 4);
  assert.deepEqual(line.parts.map(({ kind, from, to, reason }) => [kind, from, to, reason]), [
    ['UNKNOWN', 0, 4, 'dropped'],
    ['UNKNOWN', 4, 10, 'unseen'],
    ['ONLINE', 10, 30, undefined],
    ['ELSEWHERE', 30, 40, undefined],
    ['UNKNOWN', 40, 50, 'erased'],
  ]);
  assert.deepEqual(timesOf(line.parts), { ONLINE: 20, AWAY: 0, OFFLINE: 0, ELSEWHERE: 10, UNKNOWN: 20 });
});

const bucket = (from, to, times, more = {}) => ({
  ...{ startTime: timestampOf(from), endTime: timestampOf(to) },
  times: times.map(([status, cause, ms]) => ({ status, cause, duration: durationOf(ms) })),
  ...more,
});

test('times add up, by status and by cause, and what is no longer kept is told apart', () => {
  const times = [[Status.AWAY, Cause.INACTIVITY, 5], [Status.ONLINE, Cause.MANUAL, 7], [Status.ONLINE, Cause.ACTIVITY, 8]];
  const summary = person('', { people: 2n, buckets: [bucket(100, 120, times, { unknown: durationOf(20), connected: durationOf(9) })] });
  const [row] = rowsOf(summary, 106);
  assert.deepEqual(row.sums.times, { ONLINE: 15, AWAY: 5, OFFLINE: 0, ELSEWHERE: 0, UNKNOWN: 20 });
  assert.deepEqual(row.sums.causes.map(({ kind, cause, ms }) => [kind, Cause[cause], ms]), [
    ['ONLINE', 'MANUAL', 7],
    ['ONLINE', 'ACTIVITY', 8],
    ['AWAY', 'INACTIVITY', 5],
  ]);
  assert.equal(row.sums.dropped, 12);
  assert.equal(row.sums.connected, 9);
  assert.equal(rowsOf(summary, 0)[0].sums.dropped, 0);
  assert.equal(rowsOf(summary, 1_000)[0].sums.dropped, 20);
  assert.equal(totalOf([row.sums.times, row.sums.times]).ONLINE, 30);
});

test('people are listed by name, the erased at the end, and whoever is erased now loses the name', () => {
  const all = [
    { id: 'z', name: '', team: '', isErased: false },
    { id: 'b', name: 'agent 10', team: '', isErased: false },
    { id: '', name: '', team: '', isErased: true },
    { id: 'c', name: 'agent 9', team: 'night', isErased: false },
  ];
  assert.deepEqual(byName(all, 'en').map(({ id }) => id), ['c', 'b', 'z', '']);
  assert.deepEqual(without(all, 'c')[3], { id: '', name: '', team: '', isErased: true });
  assert.equal(without(all, 'c')[0], all[0]);
});

/** A server with so many people. */
class Server {
  constructor(count) {
    this.count = count;
    this.requests = [];
  }

  page(request, what, make) {
    this.requests.push(request);
    const from = Number(request.pageToken || 0);
    const to = Math.min(this.count, from + request.pageSize);
    const found = Array.from({ length: to - from }, (_, index) => make(from + index));
    return { [what]: found, nextPageToken: to < this.count ? String(to) : '', asOf: timestampOf(NOW), knownSince: timestampOf(NOW - 9 * HOUR) };
  }

  async listTimelines(request) {
    return this.page(request, 'timelines', (n) => person(`u${n}`, { intervals: [interval(NOW - HOUR, NOW, Status.AWAY, Cause.MANUAL)] }));
  }

  async summarizeTime(request) {
    return this.page(request, 'summaries', (n) => person(`u${n}`, { people: 1n, buckets: [bucket(NOW - HOUR, NOW, [[1, 1, HOUR]])] }));
  }

  async countByStatus(request) {
    this.requests.push(request);
    return { counts: [{ time: timestampOf(NOW), online: 3n, away: 2n, offline: 1n, unknown: false }], asOf: timestampOf(NOW) };
  }
}

const wanted = (choice, signal = new AbortController().signal) => ({
  ...{ accountId: 'acme', teamId: 'day', zone: BERLIN, signal },
  range: rangeOf(choice, '', '', NOW, BERLIN),
});

test('people are read in pages, each shown as it comes, up to a bound', async () => {
  const server = new Server(230);
  const told = [];
  await readLines(wanted('yesterday'), (found) => told.push(found), server);
  assert.deepEqual(told.map(({ lines, isWhole }) => [lines.length, isWhole]), [[25, false], [125, false], [225, false], [230, true]]);
  assert.equal(millisecondsOf(server.requests[0].startTime), startOf('2026-11-27', BERLIN));
  assert.equal(millisecondsOf(server.requests[0].endTime), startOf('2026-11-28', BERLIN));
  assert.ok(server.requests.every(({ accountId, teamId }) => accountId === 'acme' && teamId === 'day'));
  assert.equal(told[0].asOf, NOW);
  assert.equal(told[0].knownSince, NOW - 9 * HOUR);
  const many = [];
  await readTimes(wanted('last-week'), 'person', (found) => many.push(found), new Server(PEOPLE_MAX * 2));
  assert.deepEqual([many.at(-1).rows.length, many.at(-1).isWhole, many.at(-1).isCut], [PEOPLE_MAX, true, true]);
});

test('times are asked for by person, or by days of everybody in the zone of the account', async () => {
  const server = new Server(1);
  await readTimes(wanted('last-week'), 'person', () => {}, server);
  const large = new Server(500);
  await readTimes(wanted('last-month'), 'person', () => {}, large);
  // The server adds up a month anew for each page.
  assert.equal(large.requests.length, 1);
  await readTimes(wanted('last-week'), 'day', () => {}, server);
  const asked = server.requests.map(({ group, bucket: each, timeZone }) => [group, each, timeZone]);
  assert.deepEqual(asked, [[TimeGroup.USER, Bucket.UNSPECIFIED, BERLIN], [TimeGroup.ALL, Bucket.DAY, BERLIN]]);
});

test('whoever has left is not told any more', async () => {
  const stop = new AbortController();
  const told = [];
  const tell = (found) => {
    told.push(found);
    stop.abort();
  };
  await readLines(wanted('today', stop.signal), tell, new Server(300));
  assert.equal(told.length, 1);
});

test('counts are asked for in steps that make a picture of some hundred', async () => {
  const steps = ['today', 'last-week', 'last-month'].map((choice) => stepOf(wanted(choice).range));
  assert.deepEqual(steps, [Bucket.QUARTER_HOUR, Bucket.HOUR, Bucket.HOUR]);
  assert.equal(stepOf({ start: 0, end: 90 * 24 * HOUR }), Bucket.DAY);
  const { moments, knownSince } = await readCounts(wanted('today'), new Server(0));
  assert.deepEqual(moments, [{ at: NOW, counts: [3, 2, 1] }]);
  assert.equal(knownSince, 0);
});

/** The rows of a file without quotes, by the names of its columns. */
const rowsIn = (text) => {
  const [head, ...rows] = text.split('\r\n').slice(0, -1).map((line) => line.split(','));
  return rows.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index]])));
};

test('files have the columns of the command line, exact figures, and no cell that a spreadsheet would compute', () => {
  const at = Date.UTC(2026, 9, 25, 0, 30);
  const told = [interval(at, at + 1_500, Status.ONLINE, Cause.MANUAL), interval(at + 1_500, at + HOUR)];
  const line = lineOf(person('ann', { displayName: '=1+2', teamId: 'a,b', intervals: told, erased: true }), 0);
  assert.deepEqual(linesCsv([line], BERLIN).split('\r\n'), [
    'start,end,start_utc,end_utc,time_zone,user_id,display_name,team_id,erased,status,cause,seconds,length',
    `2026-10-25 02:30:00,2026-10-25 02:30:01,2026-10-25T00:30:00Z,2026-10-25T00:30:01.500Z,Europe/Berlin,ann,'=1+2,"a,b",yes,ONLINE,MANUAL,1.500,0:00:02`,
    `2026-10-25 02:30:01,2026-10-25 02:30:00,2026-10-25T00:30:01.500Z,2026-10-25T01:30:00Z,Europe/Berlin,ann,'=1+2,"a,b",yes,UNKNOWN,,3598.500,0:59:59`,
    '',
  ]);
  const times = [[Status.AWAY, Cause.INACTIVITY, 1_001], [Status.AWAY, Cause.MANUAL, 40 * HOUR]];
  const [row] = rowsIn(timesCsv(rowsOf(person('', { people: 3n, buckets: [bucket(0, HOUR, times, { unknown: durationOf(1_999) })] }), 0), BERLIN));
  const { away_seconds, away, unknown_seconds, connected_seconds, away_by_inactivity_seconds, people, online_by_activity_seconds } = row;
  const figures = [away_seconds, away, unknown_seconds, connected_seconds, away_by_inactivity_seconds, people, online_by_activity_seconds];
  assert.deepEqual(figures, ['144001.001', '40:00:01', '1.999', '', '1.001', '3', '0']);
  const counts = rowsIn(countsCsv([{ at: 0, counts: [1, 2, 3] }, { at: 1_000, counts: null }], BERLIN));
  assert.deepEqual(counts.map(({ time, online, unknown }) => [time, online, unknown]), [['1970-01-01 01:00:00', '1', ''], ['1970-01-01 01:00:01', '', 'yes']]);
});

test('lengths are told in hours and minutes, and all of a row in words', async () => {
  assert.deepEqual([0, 29_400, 60_000, 59.6 * MINUTE, 25 * HOUR, 999.5 * HOUR, 1_234.6 * HOUR].map(words.length), ['0 s', '29 s', '1 min', '1 h', '25 h', '999 h 30 min', '1,235 h']);
  const [row] = rowsOf(person('a', { people: 1n, buckets: [bucket(0, 4 * HOUR, [[1, Cause.ACTIVITY, HOUR], [1, Cause.MANUAL, HOUR]], { unknown: durationOf(2 * HOUR) })] }), HOUR);
  assert.equal(words.timesInWords(row.sums.times), 'Online 2 h, Unknown 2 h');
  const causes = 'Online: By hand 1 h, Activity 1 h; Unknown: no longer kept 1 h, not seen yet, erased since, or of days of another time zone 1 h';
  assert.equal(words.causesInWords(row.sums), causes);
  assert.equal(words.clockIn(startOf('2026-11-28', BERLIN) + 14 * HOUR, BERLIN), '14:00');
  const part = { kind: 'AWAY', cause: Cause.INACTIVITY, from: NOW, to: NOW + MINUTE };
  assert.equal(words.partInWords(part, BERLIN), 'Away, Inactivity: 10:00:00 – 10:01:00 (1 min)');
  await import('../../../client/console/texts/reports_de.js');
  await choose('de');
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(r().title, 'Berichte');
  assert.equal(words.partInWords(part, BERLIN), 'Abwesend, Inaktivität: 10:00:00 – 10:01:00 (1 min)');
});

test('a curve is drawn to a round number, and begins with its fullest moment', () => {
  assert.deepEqual(scaleTo(42), [0, 10, 20, 30, 40, 50]);
  assert.deepEqual(scaleTo(0), [0, 1]);
  assert.deepEqual(scaleTo(3), [0, 1, 2, 3]);
  assert.equal(scaleTo(5_000).at(-1), 5_000);
  const moments = [{ at: 0, counts: null }, { at: 1, counts: [2, 9, 0] }, { at: 2, counts: [4, 0, 0] }, { at: 3, counts: [4, 1, 1] }];
  assert.equal(fullestOf(moments), 2);
  assert.equal(fullestOf([]), -1);
  assert.equal(largestIn(moments), 9);
});
