// The settings as the form holds them: what is typed, what is wrong with it, and what the server is sent.
import './browser.mjs';

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as draft from '../../../client/console/workflows/draft.js';
import { durationOf, millisecondsOf } from '../../../client/web/client/times.js';

const { DEFAULT_AWAY, DEFAULT_OFFLINE, UNIT_MS, draftOf, faultsOf, isSame, periodMs, periodOf, workflowOf } = draft;

const period = (text, unit = 'min') => ({ text, unit });
const off = {
  ...{ enabled: false, awayAfter: null, offlineAfter: null, disconnectAfter: null, disconnectStatus: 3 },
  ...{ resume: 1, keepManualAway: false },
};

test('numbers are read with a point or a comma, and nothing else is a number', () => {
  const read = [
    ['10', 600_000],
    [' 10\t', 600_000],
    ['010', 600_000],
    ['1.5', 90_000],
    ['1,5', 90_000],
    ['0,125', 7_500],
    ['0', 0],
    ['1.1', 66_000],
  ];
  for (const [text, ms] of read) assert.equal(periodMs(period(text)), ms, text);
  const refused = ['', ' ', 'ten', '1e3', '0x10', '-1', '+1', '.5', '5.', '1.5.0', '1 000', '1,500', '1.500', '10 min', '١٠', '１０', 'Infinity', '∞'];
  for (const text of refused) assert.equal(periodMs(period(text)), undefined, text);
});

test('whatever the server has is shown so that it is read as the same', () => {
  const some = [1_000, 1_001, 1_010, 1_100, 1_500, 59_999, 60_000, 90_000, 3_599_999, 3_600_000, 86_400_000, 30 * 86_400_000];
  for (let ms = 1_000; ms < 30 * 86_400_000; ms = Math.ceil(ms * 1.37)) some.push(ms);
  for (const ms of some) assert.equal(periodMs(periodOf(ms)), ms, JSON.stringify(periodOf(ms)));
  assert.equal(periodOf(undefined), null);
  assert.deepEqual(periodOf(5_400_000), period('90'));
});

test('faults are those of the server', () => {
  const cases = [
    [off, {}],
    [{ ...off, enabled: true }, { enabled: 'none' }],
    [{ ...off, enabled: true, awayAfter: period('10') }, {}],
    [{ ...off, enabled: true, offlineAfter: period('10') }, {}],
    [{ ...off, awayAfter: period('0') }, { awayAfter: 'range' }],
    [{ ...off, awayAfter: period('1', 's') }, {}],
    [{ ...off, awayAfter: period('0.99', 's') }, { awayAfter: 'range' }],
    [{ ...off, awayAfter: period('30', 'd') }, {}],
    [{ ...off, awayAfter: period('30.01', 'd') }, { awayAfter: 'range' }],
    [{ ...off, awayAfter: period('9'.repeat(400)) }, { awayAfter: 'range' }],
    [{ ...off, enabled: true, disconnectAfter: period('1') }, {}],
    [{ ...off, disconnectAfter: period('31', 'd') }, { disconnectAfter: 'range' }],
    [{ ...off, awayAfter: period('10'), offlineAfter: period('20'), disconnectAfter: period('30') }, {}],
    [{ ...off, awayAfter: period('x'), offlineAfter: period('1') }, { awayAfter: 'number' }],
    [{ ...off, awayAfter: period('1', 'h'), offlineAfter: period('60') }, { offlineAfter: 'order' }],
    [{ ...off, awayAfter: period('1', 'h'), offlineAfter: period('60.02') }, {}],
  ];
  for (const [given, faults] of cases) assert.deepEqual(faultsOf(given), faults, JSON.stringify(given));
});

test('a workflow comes back from the form as it went in', () => {
  const workflow = {
    ...{ enabled: true, awayAfter: durationOf(1_234), offlineAfter: durationOf(86_400_000), resume: 3, keepManualAway: true },
    ...{ disconnectAfter: durationOf(90_000), disconnectStatus: 2 },
  };
  const back = workflowOf('acme', draftOf(workflow), 'w7');
  assert.deepEqual([back.accountId, back.etag, back.enabled, back.resume, back.keepManualAway], ['acme', 'w7', true, 3, true]);
  assert.deepEqual([millisecondsOf(back.awayAfter), millisecondsOf(back.offlineAfter)], [1_234, 86_400_000]);
  assert.deepEqual([millisecondsOf(back.disconnectAfter), back.disconnectStatus], [90_000, 2]);
  assert.deepEqual(draftOf({}), off);
});

test('what the form holds, the server is asked to write', () => {
  const written = Object.keys(workflowOf('acme', off, 'w1')).filter((name) => !['accountId', 'etag'].includes(name));
  const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  assert.deepEqual(written.map(snake).sort(), [...draft.MASK].sort());
});

test('drafts are the same if they mean the same', () => {
  const one = { ...off, awayAfter: period('90') };
  assert.ok(isSame(one, { ...off, awayAfter: period('1.5', 'h') }));
  assert.ok(!isSame(one, off));
  assert.ok(!isSame(one, { ...one, resume: 2 }));
  assert.ok(!isSame(one, { ...one, disconnectAfter: period('1') }));
  assert.ok(!isSame(one, { ...one, disconnectStatus: 2 }));
  assert.ok(!isSame({ ...off, awayAfter: period('') }, { ...off, awayAfter: period('x') }));
});

test('a period that is added is valid beside the other one', () => {
  for (let ms = UNIT_MS.s * 2; ms <= 30 * UNIT_MS.d; ms = Math.ceil(ms * 1.61)) {
    const away = draft.suggestedAway({ ...off, offlineAfter: periodOf(ms) });
    assert.deepEqual(faultsOf({ ...off, enabled: true, awayAfter: away, offlineAfter: periodOf(ms) }), {}, String(ms));
    const offline = draft.suggestedOffline({ ...off, awayAfter: periodOf(ms) });
    assert.deepEqual(faultsOf({ ...off, enabled: true, awayAfter: periodOf(ms), offlineAfter: offline }), {}, String(ms));
  }
  assert.equal(draft.suggestedAway(off), DEFAULT_AWAY);
  assert.equal(draft.suggestedOffline({ ...off, awayAfter: period('nonsense') }), DEFAULT_OFFLINE);
});
