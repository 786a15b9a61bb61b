// The form of the settings before a server of which the test decides when it answers, and what.
import './browser.mjs';

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import { OndutyError } from '../../../client/web/client/errors.js';
import { durationOf } from '../../../client/web/client/times.js';
import { WorkflowForm } from '../../../client/console/workflows/model.js';

const minutes = (n) => ({ text: String(n), unit: 'min' });
const impactOf = (n) => ({ switchingToAway: BigInt(n), switchingToOffline: 0n, switches: [], nextHour: [] });
const conflict = () => new OndutyError('aborted', 'changed', { reason: 'REVISION_CONFLICT' });

/** A server that keeps one workflow. What the lists hold is done first by the next calls of their kind. */
class Server {
  constructor(fields = {}) {
    this.workflow = { accountId: 'acme', etag: 'w1', enabled: true, awayAfter: durationOf(600_000), resume: 1, updatedBy: 'lee', ...fields };
    this.switches = 0;
    this.reads = [];
    this.dryRuns = [];
    this.saves = [];
    this.answers = [];
    this.asked = [];
  }

  change(fields) {
    this.workflow = { ...this.workflow, ...fields, etag: `w${Number(this.workflow.etag.slice(1)) + 1}` };
    return this.workflow;
  }

  async getWorkflow() {
    await this.reads.shift()?.();
    return { workflow: this.workflow };
  }

  async updateWorkflow({ workflow, validateOnly }) {
    this.asked.push(validateOnly ? 'dry run' : 'save');
    const impact = impactOf(this.switches);
    await (validateOnly ? this.dryRuns : this.saves).shift()?.();
    if (workflow.etag !== this.workflow.etag) throw conflict();
    if (validateOnly) return { workflow: this.workflow, impact };
    const { etag, ...fields } = workflow;
    const saved = this.change({ ...fields, updatedBy: 'kim' });
    await this.answers.shift()?.();
    return { workflow: saved };
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A form that is loaded, with the clock standing still. */
async function opened(context, server) {
  mock.timers.enable({ apis: ['setTimeout'] });
  const form = new WorkflowForm('acme', server);
  context.after(() => {
    form.close();
    mock.timers.reset();
  });
  await form.load();
  return form;
}

async function pass(ms) {
  mock.timers.tick(ms);
  await settled();
}

function gate() {
  let open;
  const opened = new Promise((resolve) => (open = resolve));
  return { wait: () => opened, open };
}

test('a dry run is asked for once typing pauses, and is of the last draft', async (context) => {
  const server = new Server();
  const form = await opened(context, server);
  for (const n of [1, 12, 120]) {
    form.edit({ awayAfter: minutes(n) });
    await pass(200);
  }
  assert.equal(form.preview.value.state, 'asking');
  assert.deepEqual(server.asked, []);
  await pass(100);
  assert.deepEqual(server.asked, ['dry run']);
  assert.equal(form.preview.value.state, 'known');
});

test('an answer about an earlier draft is not shown', async (context) => {
  const server = new Server();
  const form = await opened(context, server);
  const slow = gate();
  server.dryRuns.push(slow.wait);
  server.switches = 99;
  form.edit({ awayAfter: minutes(1) });
  await pass(300);
  server.switches = 2;
  form.edit({ awayAfter: minutes(2) });
  await pass(300);
  assert.equal(form.preview.value.impact.switchingToAway, 2n);
  slow.open();
  await settled();
  assert.equal(form.preview.value.impact.switchingToAway, 2n);
});

test('what a dry run has said is asked again while the form stays as it is', async (context) => {
  const server = new Server();
  const form = await opened(context, server);
  form.edit({ awayAfter: minutes(1) });
  await pass(300);
  server.switches = 3;
  await pass(10_000);
  assert.equal(form.preview.value.impact.switchingToAway, 3n);
  form.discard();
  await pass(60_000);
  assert.deepEqual(server.asked, ['dry run', 'dry run']);
});

test('saving asks anew, and once more if it is many', async (context) => {
  const server = new Server();
  const form = await opened(context, server);
  form.edit({ awayAfter: minutes(1) });
  await pass(300);
  server.switches = 6;
  await form.save();
  assert.deepEqual([form.question.value, server.asked], [{}, ['dry run', 'dry run']]);
  form.answer(false);
  assert.ok(form.isChanged.value);
  server.switches = 5;
  await form.save();
  assert.equal(form.notice.value, 'saved');
  assert.equal(server.asked.at(-1), 'save');
});

test('a second save while one is under way is none', async (context) => {
  const server = new Server();
  const form = await opened(context, server);
  form.edit({ awayAfter: minutes(1) });
  await Promise.all([form.save(), form.save()]);
  assert.deepEqual(server.asked, ['dry run', 'save']);
});

test('nothing is edited while a save is under way', async (context) => {
  const server = new Server();
  const form = await opened(context, server);
  const slow = gate();
  server.saves.push(slow.wait);
  form.edit({ awayAfter: minutes(1) });
  const saving = form.save();
  await settled();
  assert.equal(form.phase.value, 'saving');
  form.edit({ awayAfter: minutes(7) });
  slow.open();
  await saving;
  assert.deepEqual([form.draft.value.awayAfter, form.isChanged.value], [minutes(1), false]);
});

test('the watch may tell of a change earlier or later than other calls', async (context) => {
  const server = new Server();
  const form = await opened(context, server);
  const old = server.workflow;
  form.edit({ awayAfter: minutes(1) });
  await form.save();
  // Late: the version before one's own.
  form.heard(old);
  await settled();
  assert.deepEqual([form.theirs.value, form.base.value.etag], [null, 'w2']);
  // Early: the version after one's own, before one's own save is answered.
  const slow = gate();
  server.answers.push(slow.wait);
  form.edit({ awayAfter: minutes(2) });
  const saving = form.save();
  await settled();
  form.heard(server.change({ awayAfter: durationOf(180_000) }));
  slow.open();
  await saving;
  await settled();
  assert.deepEqual([form.base.value.etag, form.notice.value], ['w4', 'updated']);
});

test('a change by somebody else is adopted, or shown beside what is being edited', async (context) => {
  const server = new Server();
  const form = await opened(context, server);
  form.heard(server.change({ awayAfter: durationOf(120_000) }));
  await settled();
  assert.deepEqual([form.draft.value.awayAfter, form.notice.value], [minutes(2), 'updated']);
  form.edit({ awayAfter: minutes(3) });
  form.heard(server.change({ keepManualAway: true }));
  await settled();
  assert.equal(form.theirs.value.etag, 'w3');
  assert.equal(form.canSave.value, false);
  form.heard(server.change({ keepManualAway: false, resume: 2 }));
  await settled();
  assert.equal(form.theirs.value.etag, 'w4');
  form.keepMine();
  assert.deepEqual([form.notice.value, form.canSave.value], ['kept', true]);
  await form.save();
  assert.deepEqual([server.workflow.resume, server.workflow.updatedBy], [1, 'kim']);
});

test('a change by somebody else to the same values is no conflict', async (context) => {
  const server = new Server();
  const form = await opened(context, server);
  form.edit({ awayAfter: minutes(3) });
  form.heard(server.change({ awayAfter: durationOf(180_000) }));
  await settled();
  assert.deepEqual([form.theirs.value, form.isChanged.value, form.notice.value], [null, false, 'updated']);
});

test('a change that nobody told of is found by its etag', async (context) => {
  const server = new Server();
  const form = await opened(context, server);
  form.edit({ awayAfter: minutes(3) });
  server.dryRuns.push(() => server.change({ resume: 3 }));
  await form.save();
  assert.deepEqual([form.theirs.value.resume, form.canSave.value, server.asked], [3, false, ['dry run']]);
});

for (const [isMade, notice, problem] of [
  [true, 'saved', ''],
  [false, '', 'The settings were not saved. Try again.'],
]) {
  test(`a save without an answer is found out about: ${isMade ? '' : 'not '}made`, async (context) => {
    const server = new Server();
    const form = await opened(context, server);
    const away = () => {
      throw new OndutyError('unavailable', 'gone');
    };
    server.saves.push(() => {
      if (isMade) server.change({ awayAfter: durationOf(180_000) });
      away();
    });
    server.reads.push(away, away);
    form.edit({ awayAfter: minutes(3) });
    const saving = form.save();
    await settled();
    assert.deepEqual([form.phase.value, form.canSave.value], ['uncertain', false]);
    for (let n = 0; n < 2; n++) await pass(1_500);
    await saving;
    assert.deepEqual([form.phase.value, form.notice.value, form.problem.value], ['', notice, problem]);
    assert.equal(form.isChanged.value, !isMade);
  });
}

test('what the server refuses is said beside the field, and nothing can be saved until it is changed', async (context) => {
  const server = new Server();
  const form = await opened(context, server);
  const violations = [{ field: 'workflow.away_after', description: 'too short here' }];
  server.dryRuns.push(() => {
    throw new OndutyError('invalid_argument', 'no', { violations });
  });
  form.edit({ awayAfter: minutes(3) });
  await pass(300);
  assert.deepEqual([form.refused.value, form.canSave.value], [{ awayAfter: 'too short here' }, false]);
  form.edit({ awayAfter: minutes(4) });
  assert.deepEqual([form.refused.value, form.canSave.value], [{}, true]);
});

test('turning it off and on again changes nothing', async (context) => {
  const form = await opened(context, new Server({ enabled: false, awayAfter: undefined }));
  form.toggle();
  assert.deepEqual([form.draft.value.awayAfter, form.isValid.value], [minutes(10), true]);
  form.edit({ awayAfter: { text: 'nonsense', unit: 's' } });
  form.toggle();
  assert.deepEqual([form.isValid.value, form.isChanged.value], [true, false]);
});

test('restoring is asked about; a no leaves the form as it was', async (context) => {
  const server = new Server();
  const form = await opened(context, server);
  const earlier = { ...server.workflow, etag: 'w0', awayAfter: durationOf(60_000) };
  form.edit({ awayAfter: minutes(44) });
  form.restore(earlier);
  assert.deepEqual(form.draft.value.awayAfter, minutes(1));
  form.answer(false);
  assert.deepEqual(form.draft.value.awayAfter, minutes(44));
  form.restore(earlier);
  await form.answer(true);
  assert.deepEqual([server.workflow.awayAfter, form.notice.value], [durationOf(60_000), 'saved']);
});

test('what was being edited when one had to sign in again is still there, beside what others have changed', async (context) => {
  const server = new Server();
  const form = await opened(context, server);
  form.edit({ awayAfter: minutes(44) });
  const kept = { base: form.base.value, draft: form.draft.value };
  const [again, later] = [new WorkflowForm('acme', server), new WorkflowForm('acme', server)];
  await again.load(kept);
  assert.deepEqual([again.draft.value.awayAfter, again.canSave.value], [minutes(44), true]);
  server.change({ resume: 3 });
  await later.load(kept);
  assert.deepEqual([later.draft.value.awayAfter, later.theirs.value.resume], [minutes(44), 3]);
  again.close();
  later.close();
});

/** A server whose account has settings, and one team of which may have its own. */
class TeamServer extends Server {
  constructor(own) {
    super({ teamId: '' });
    this.own = own && { ...this.workflow, teamId: 'night', etag: 'w7', awayAfter: durationOf(60_000), ...own };
  }

  async getWorkflow({ teamId }) {
    await this.reads.shift()?.();
    return { workflow: (teamId && this.own) || this.workflow };
  }

  async updateWorkflow({ workflow, validateOnly }) {
    this.asked.push(validateOnly ? 'dry run' : 'save');
    const before = this.own ?? this.workflow;
    if (workflow.etag !== before.etag) throw conflict();
    if (validateOnly) return { workflow, impact: impactOf(this.switches) };
    this.own = { ...workflow, updatedBy: 'kim', etag: `w${Number(before.etag.slice(1)) + 1}` };
    await this.answers.shift()?.();
    return { workflow: this.own };
  }

  async deleteWorkflow({ etag, validateOnly }) {
    this.asked.push(validateOnly ? 'dry run of deletion' : 'deletion');
    if (etag !== this.own?.etag) throw conflict();
    if (validateOnly) return { workflow: this.workflow, impact: impactOf(this.switches) };
    this.own = undefined;
    await this.answers.shift()?.();
    return { workflow: this.workflow };
  }
}

/** @param {TeamServer} server */
async function openedOfTeam(context, server) {
  mock.timers.enable({ apis: ['setTimeout'] });
  const form = new WorkflowForm('acme', server, 'night');
  context.after(() => {
    form.close();
    mock.timers.reset();
  });
  await form.load();
  return form;
}

test('a team begins with what it has followed, and can be given that as its own', async (context) => {
  const server = new TeamServer();
  const form = await openedOfTeam(context, server);
  assert.deepEqual([form.follows.value, form.canSave.value], [true, false]);
  form.start();
  assert.deepEqual([form.draft.value.awayAfter, form.canSave.value], [minutes(10), true]);
  await form.save();
  assert.deepEqual([form.follows.value, form.isChanged.value, form.notice.value], [false, false, 'saved']);
  assert.deepEqual([server.own.teamId, server.workflow.etag], ['night', 'w1']);
});

test('whether a team follows again is asked after a dry run of that, and staying leaves all as it was', async (context) => {
  const server = new TeamServer({});
  server.switches = 2;
  const form = await openedOfTeam(context, server);
  form.edit({ awayAfter: minutes(3) });
  form.follow();
  await pass(250);
  assert.deepEqual(server.asked, ['dry run of deletion']);
  assert.equal(form.question.value.following.etag, 'w1');
  assert.equal(form.preview.value.impact.switchingToAway, 2n);
  form.answer(false);
  assert.deepEqual([form.draft.value.awayAfter, form.isLeaving.value], [minutes(3), false]);
  await pass(250);
  assert.deepEqual(server.asked, ['dry run of deletion', 'dry run']);
  form.follow();
  await pass(250);
  await form.answer(true);
  assert.deepEqual([server.own, form.follows.value, form.notice.value, form.isChanged.value], [undefined, true, 'saved', false]);
});

test('a deletion that was not answered is found out, and one that somebody else was ahead of changes nothing', async (context) => {
  const server = new TeamServer({});
  const form = await openedOfTeam(context, server);
  server.answers.push(() => Promise.reject(new OndutyError('unavailable', 'cut')));
  form.follow();
  await pass(250);
  await form.answer(true);
  assert.deepEqual([form.phase.value, form.follows.value, form.notice.value], ['', true, 'saved']);

  const other = new TeamServer({});
  const second = await openedAgain(context, other);
  second.follow();
  await pass(250);
  other.own = { ...other.own, etag: 'w8', updatedBy: 'lee' };
  await second.answer(true);
  assert.deepEqual([second.follows.value, second.base.value.etag, second.notice.value, second.isLeaving.value], [false, 'w8', 'updated', false]);
});

/** A second form within one test. */
async function openedAgain(context, server) {
  const form = new WorkflowForm('acme', server, 'night');
  context.after(() => form.close());
  await form.load();
  return form;
}

test('settings that a team has had are restored while it follows the account, as its own', async (context) => {
  const server = new TeamServer();
  const form = await openedOfTeam(context, server);
  form.restore({ ...server.workflow, teamId: 'night', etag: 'w0', awayAfter: durationOf(120_000) });
  assert.deepEqual([form.canSave.value, form.question.value.restoring.etag], [true, 'w0']);
  await form.answer(true);
  assert.deepEqual([form.follows.value, form.draft.value.awayAfter, server.own.teamId], [false, minutes(2), 'night']);
});

test('a team that somebody else has let follow the account while its settings are edited can have them anew', async (context) => {
  const server = new TeamServer({});
  const form = await openedOfTeam(context, server);
  form.edit({ awayAfter: minutes(4) });
  server.own = undefined;
  form.heard({ etag: 'w1' });
  await settled();
  assert.equal(form.theirs.value.teamId, '');
  form.keepMine();
  await form.save();
  assert.deepEqual([server.own.teamId, form.follows.value, form.draft.value.awayAfter], ['night', false, minutes(4)]);
});
