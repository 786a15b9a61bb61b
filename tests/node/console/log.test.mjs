// What the first lines of a log say about its columns and its times.
import './browser.mjs';

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { formatOf, headOf, readLog, UNPACKED_MAX } from '../../../client/console/what_if/log.js';
import { gunzipSync, gzipSync } from 'node:zlib';

test('columns are told from the header, however they are separated', () => {
  const cases = [
    ['activity_time,user_id\n1,2\n', ['activity_time', 'user_id'], ['1', '2']],
    ['\ufeffactivity_time;user_id\r\n1,5;2\r\n', ['activity_time', 'user_id'], ['1,5', '2']],
    ['a, b\n1, 2', ['a', 'b'], ['1', '2']],
    ['"a"\t"b"\n', ['a', 'b'], ['']],
    ['a|b|c', ['a', 'b', 'c'], ['']],
    ['alone\n1', [], []],
    ['', [], []],
    ['a\0,\0b\0', [], []],
  ];
  for (const [text, columns, sample] of cases) assert.deepEqual(headOf(text), [columns, sample], JSON.stringify(text));
});

test('times are told by how they are written', () => {
  assert.deepEqual(['1773046800', '1773046800.25', '1773046800000', '2026-03-09T09:00:00Z', '', undefined].map(formatOf), [2, 2, 3, 1, 1, 1]);
});

test('a log is compressed unless it is already, whatever it is called', async () => {
  const text = 'activity_time,user_id\n2026-03-09T09:00:00Z,ann\n';
  const plain = await readLog(new File([text], 'log.gz'));
  assert.equal(gunzipSync(plain.bytes).toString(), text);
  const packed = gzipSync(text);
  const sent = await readLog(new File([packed], 'log.csv'));
  assert.deepEqual([Buffer.from(sent.bytes), sent.columns], [packed, ['activity_time', 'user_id']]);
  assert.deepEqual((await readLog(new File([packed.subarray(0, 15)], 'cut.gz'))).columns, []);
  assert.equal(await readLog({ size: UNPACKED_MAX + 1 }), null);
});
