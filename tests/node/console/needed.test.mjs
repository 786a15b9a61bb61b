// What the console's bundle leaves out of the schema: the calls that it does not make, and nothing of the others.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { needed } from '../../../scripts/console/needed.mjs';

const ROOT = new URL('../../../client/web/', import.meta.url);
const SOURCE = readFileSync(new URL('gen/onduty/v1/status_pb.js', ROOT), 'utf8');

/** Return the module that a source is. @param {string} source */
async function loaded(source) {
  const there = source
    .replace(/"(\.\.\/)+(schema|google)/g, (_, __, name) => `"${new URL(name === 'schema' ? name : `gen/${name}`, ROOT)}`)
    .replace(/"(@bufbuild[^"]*)"/g, (_, name) => JSON.stringify(import.meta.resolve(name)));
  return import(`data:text/javascript,${encodeURIComponent(there)}`);
}

test('all of it stays if every call is made', async () => {
  const [all, same] = [await loaded(SOURCE), await loaded(needed(SOURCE, () => true))];
  assert.deepEqual(Object.keys(same.StatusService.method), Object.keys(all.StatusService.method));
});

test('a call that is made keeps all that it takes and answers, under its own name', async () => {
  const all = await loaded(SOURCE);
  const fields = (each) => each.fields?.map(({ name, number, message, enum: kind }) => [name, number, (message ?? kind)?.typeName]);
  for (const call of Object.keys(all.StatusService.method)) {
    const some = await loaded(needed(SOURCE, (method) => method === call));
    assert.deepEqual(Object.keys(some.StatusService.method), [call]);
    const { input, output } = all.StatusService.method[call];
    for (const { name } of [input, output]) assert.ok(some[`${name}Schema`], name);
    for (const name of Object.keys(some).filter((each) => each.endsWith('Schema'))) {
      assert.equal(some[name].typeName, all[name].typeName);
      assert.deepEqual(fields(some[name]), fields(all[name]), name);
    }
  }
});

test('what belongs to no call that is made is left out', async () => {
  const some = await loaded(needed(SOURCE, (method) => method === 'getCaller'));
  assert.deepEqual([some.WorkflowSchema, some.Resume, some.ResumeSchema], [undefined, undefined, undefined]);
});
