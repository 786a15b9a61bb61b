// Drives every RPC of onduty.v1.StatusService from another language, and reads the details of its errors.
//
//   node contract.mjs TARGET NOW_MS PROTO_FOLDER...
//
// The server's clock must stand still at NOW_MS. It must be empty but for the account "idle", where eve has been ONLINE and
// idle for 30 of the 60 min after which she is switched to AWAY.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { connect, Refusal } from './onduty.mjs';

const [target, nowText, ...protoFolders] = process.argv.slice(2);
const NOW = Number(nowText);
const MINUTE = 60_000;
const account_id = 'acme';

const { call, called, open, read, methods, close } = connect(target, protoFolders);
after(close);

/** A google.protobuf.Timestamp of a time in ms. */
function at(ms) {
  return { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 };
}

/** A google.protobuf.Duration of a period in ms. */
const period = at;

const ids = (statuses) => statuses.map(({ user_id }) => user_id);

async function refused(promise) {
  const error = await promise.then(
    (answer) => assert.fail(`answered: ${JSON.stringify(answer)}`),
    (reason) => reason,
  );
  assert.ok(error instanceof Refusal, `not an onduty error: ${error}`);
  assert.equal(error.domain, 'onduty');
  assert.ok(error.message);
  return error;
}

test('RecordActivity makes a new user ONLINE', async () => {
  const { user_status } = await call('RecordActivity', { account_id, user_id: 'ann' });
  assert.deepEqual(user_status, {
    account_id,
    user_id: 'ann',
    status: 'STATUS_ONLINE',
    available: true,
    cause: 'CAUSE_ACTIVITY',
    status_since: at(NOW),
    last_activity_time: at(NOW),
    next_status: 'STATUS_UNSPECIFIED',
    next_status_time: null,
    actor: '',
    reason: '',
    revision: 1,
    expire_time: null,
    then: 'THEN_UNSPECIFIED',
    connected: false,
    engagements: 0,
    next_cause: 'CAUSE_UNSPECIFIED',
    display_name: '',
    team_id: '',
  });
});

test('KeepSession says that a user is connected, and EndSession that the user is not', async () => {
  const session = { account_id: 'leased', user_id: 'ida', session_id: 'tab-1' };
  const kept = await call('KeepSession', { ...session, ttl: period(MINUTE), idle_for: period(5_000) });
  assert.deepEqual([kept.user_status.status, kept.user_status.connected], ['STATUS_ONLINE', true]);
  assert.deepEqual(kept.user_status.last_activity_time, at(NOW - 5_000));
  assert.deepEqual(kept.server_time, at(NOW));
  const ended = await call('EndSession', session);
  assert.deepEqual(ended.user_status, { ...kept.user_status, connected: false });
});

test('KeepEngagement counts, EndEngagement counts down, and a router may leave out who has enough', async () => {
  const engagement = { account_id: 'leased', user_id: 'ida', engagement_id: 'call-1' };
  const available = async () =>
    (await call('ListAvailableUsers', { account_id: 'leased', max_engagements: 1 })).available_count;
  const kept = await call('KeepEngagement', { ...engagement, ttl: period(10 * MINUTE) });
  assert.deepEqual([kept.user_status.engagements, await available()], [1, 0]);
  const ended = await call('EndEngagement', engagement);
  assert.deepEqual([ended.user_status.engagements, await available()], [0, 1]);
});

test('SetStatus sets a status until some time', async () => {
  const { user_status } = await call('SetStatus', {
    account_id: 'leased',
    user_id: 'ida',
    status: 'STATUS_AWAY',
    ttl: period(30 * MINUTE),
    then: 'THEN_ONLINE',
  });
  assert.deepEqual([user_status.expire_time, user_status.then], [at(NOW + 30 * MINUTE), 'THEN_ONLINE']);
  assert.deepEqual([user_status.next_status, user_status.next_cause], ['STATUS_ONLINE', 'CAUSE_EXPIRY']);
  assert.deepEqual(user_status.next_status_time, user_status.expire_time);
});

test('SetStatus keeps who did it and why', async () => {
  const { user_status } = await call(
    'SetStatus',
    { account_id, user_id: 'ben', status: 'STATUS_AWAY', reason: 'Pause ☕', expected_revision: 0 },
    { actor: 'süe' },
  );
  assert.equal(user_status.status, 'STATUS_AWAY');
  assert.equal(user_status.available, false);
  assert.equal(user_status.cause, 'CAUSE_MANUAL');
  assert.equal(user_status.actor, 'süe');
  assert.equal(user_status.reason, 'Pause ☕');
  assert.equal(user_status.last_activity_time, null);
});

test('GetStatus answers what SetStatus answered', async () => {
  const set = await call('SetStatus', { account_id, user_id: 'cat', status: 'STATUS_OFFLINE' });
  assert.deepEqual(await call('GetStatus', { account_id, user_id: 'cat' }), set);
});

test('BatchGetStatuses answers in the order asked for', async () => {
  const user_ids = ['cat', 'nobody', 'ann', 'cat'];
  const { user_statuses, unknown_user_ids } = await call('BatchGetStatuses', { account_id, user_ids });
  assert.deepEqual(ids(user_statuses), ['cat', 'ann']);
  assert.deepEqual(unknown_user_ids, ['nobody']);
});

test('ListStatuses answers in pages', async () => {
  const first = await call('ListStatuses', { account_id, page_size: 2 });
  assert.deepEqual(ids(first.user_statuses), ['ann', 'ben']);
  const second = await call('ListStatuses', { account_id, page_size: 2, page_token: first.next_page_token });
  assert.deepEqual(ids(second.user_statuses), ['cat']);
  assert.equal(second.next_page_token, '');
  const gone = await call('ListStatuses', { account_id, statuses: ['STATUS_AWAY', 'STATUS_OFFLINE'] });
  assert.deepEqual(ids(gone.user_statuses), ['ben', 'cat']);
});

test('ListAvailableUsers answers the best first, and how many there are', async () => {
  await call('RecordActivity', { account_id, user_id: 'dan', activity_time: at(NOW - 5 * MINUTE) });
  for (const [order, expected] of [
    ['AVAILABILITY_ORDER_UNSPECIFIED', ['dan', 'ann']],
    ['AVAILABILITY_ORDER_LONGEST_AVAILABLE', ['dan', 'ann']],
    ['AVAILABILITY_ORDER_MOST_RECENTLY_ACTIVE', ['ann', 'dan']],
    ['AVAILABILITY_ORDER_LONGEST_IDLE', ['dan', 'ann']],
  ]) {
    const { user_statuses, available_count } = await call('ListAvailableUsers', { account_id, order, limit: 1 });
    assert.deepEqual([ids(user_statuses), available_count], [expected.slice(0, 1), 2], order);
  }
});

test('GetWorkflow answers the default of an account never configured', async () => {
  const { workflow } = await call('GetWorkflow', { account_id });
  assert.ok(workflow.etag);
  assert.deepEqual(workflow, {
    account_id,
    enabled: false,
    away_after: null,
    offline_after: null,
    resume: 'RESUME_FROM_AWAY',
    keep_manual_away: false,
    etag: workflow.etag,
    update_time: null,
    updated_by: '',
    update_caller: '',
    enabled_time: null,
    disconnect_after: null,
    disconnect_status: 'STATUS_OFFLINE',
    team_id: '',
  });
});

test('UpdateWorkflow writes what it is given, and only what its mask names', async () => {
  const written = await call(
    'UpdateWorkflow',
    { workflow: { account_id, enabled: true, away_after: period(10 * MINUTE), offline_after: period(30 * MINUTE) } },
    { actor: 'süe' },
  );
  assert.equal(written.impact, null);
  assert.equal(written.workflow.enabled, true);
  assert.equal(written.workflow.updated_by, 'süe');
  assert.deepEqual(written.workflow.enabled_time, at(NOW));
  assert.deepEqual((await call('GetWorkflow', { account_id })).workflow, written.workflow);

  const cleared = await call('UpdateWorkflow', {
    workflow: { account_id, enabled: false, etag: written.workflow.etag },
    update_mask: { paths: ['offline_after'] },
  });
  assert.equal(cleared.workflow.enabled, true);
  assert.deepEqual(cleared.workflow.away_after, period(10 * MINUTE));
  assert.equal(cleared.workflow.offline_after, null);

  const { user_status } = await call('GetStatus', { account_id, user_id: 'ann' });
  assert.equal(user_status.next_status, 'STATUS_AWAY');
  assert.deepEqual(user_status.next_status_time, at(NOW + 10 * MINUTE));
});

test('UpdateWorkflow says what it would do, and does it when asked', async () => {
  const idle = { account_id: 'idle' };
  const eve = { ...idle, user_id: 'eve' };
  const before = [await call('GetWorkflow', idle), await call('GetStatus', eve)];
  assert.equal(before[1].user_status.status, 'STATUS_ONLINE');
  const shorter = { workflow: { ...idle, away_after: period(20 * MINUTE) } };
  const { workflow, impact } = await call('UpdateWorkflow', { ...shorter, validate_only: true });
  assert.deepEqual(workflow.away_after, period(20 * MINUTE));
  assert.deepEqual(impact, {
    switching_to_away: 1,
    switching_to_offline: 0,
    switches: [{ user_id: 'eve', previous_status: 'STATUS_ONLINE', status: 'STATUS_AWAY' }],
    next_hour: [1, 2, 3, 4].map((quarter) => ({
      end_time: at(NOW + quarter * 15 * MINUTE),
      switching_to_away: 0,
      switching_to_offline: 0,
    })),
  });
  assert.deepEqual([await call('GetWorkflow', idle), await call('GetStatus', eve)], before);

  shorter.workflow.etag = workflow.etag;
  const done = await call('UpdateWorkflow', shorter);
  assert.deepEqual(done, { workflow: { ...workflow, etag: done.workflow.etag }, impact: null });
  const { user_status } = await call('GetStatus', eve);
  assert.equal(user_status.status, 'STATUS_AWAY');
  assert.equal(user_status.cause, 'CAUSE_INACTIVITY');
  assert.deepEqual(user_status.status_since, at(NOW));
  assert.equal(user_status.next_status_time, null);
});

test('ListStatusChanges tells what happened', async () => {
  const { changes, next_page_token } = await call('ListStatusChanges', { account_id, user_id: 'ben' });
  assert.equal(next_page_token, '');
  assert.deepEqual(changes, [
    {
      account_id,
      user_id: 'ben',
      revision: 2,
      previous_status: 'STATUS_UNSPECIFIED',
      status: 'STATUS_AWAY',
      cause: 'CAUSE_MANUAL',
      effective_time: at(NOW),
      commit_time: at(NOW),
      actor: 'süe',
      caller: '',
      reason: 'Pause ☕',
      expire_time: null,
      then: 'THEN_UNSPECIFIED',
      display_name: '',
      team_id: '',
    },
  ]);
  const page = await call('ListStatusChanges', { account_id, start_time: at(NOW), page_size: 1 });
  assert.deepEqual(ids(page.changes), ['ann']);
  assert.ok(page.next_page_token);
});

test('ListWorkflowChanges tells who changed what, the newest first', async () => {
  const account = { account_id: 'tuned' };
  const { workflow: before } = await call('GetWorkflow', account);
  const { workflow: first } = await call(
    'UpdateWorkflow',
    { workflow: { ...account, enabled: true, away_after: period(MINUTE) } },
    { actor: 'süe' },
  );
  const { workflow: second } = await call('UpdateWorkflow', { workflow: { ...account, enabled: false } });
  const { changes, next_page_token } = await call('ListWorkflowChanges', account);
  assert.equal(next_page_token, '');
  assert.deepEqual(changes, [
    { revision: 2, workflow: second, previous_workflow: first, team_id: '', deleted: false },
    { revision: 1, workflow: first, previous_workflow: before, team_id: '', deleted: false },
  ]);
  assert.equal(first.updated_by, 'süe');
});

test('GetCaller says that everybody may do everything', async () => {
  const { caller } = await call('GetCaller', {});
  assert.equal(caller.authenticated, false);
  assert.deepEqual(
    caller.grants.map(({ everywhere, account_id: account, permissions }) => [everywhere, account, permissions.length]),
    [[true, '', 9]],
  );
});

test('ListAccounts lists those in which something was recorded', async () => {
  const { accounts } = await call('ListAccounts', { page_size: 1_000 });
  assert.ok(accounts.some((account) => account.account_id === 'acme'));
  assert.ok(!accounts.some((account) => account.account_id === 'nowhere'));
});

test('Simulate says what a workflow would have done', async () => {
  const { summary, warnings } = await call('Simulate', {
    account_id,
    workflow: { away_after: period(MINUTE) },
    log: Buffer.from('when,who\n1760000000,ann\n1760000090,ann\n'),
    time_column: 'when',
    user_column: 'who',
    time_format: 'LOG_TIME_FORMAT_EPOCH_S',
  });
  assert.deepEqual(warnings, []);
  assert.deepEqual([summary.users, summary.activities, summary.resumes], [1, 2, 1]);
  assert.deepEqual(summary.switches, [
    { previous_status: 'STATUS_UNSPECIFIED', status: 'STATUS_ONLINE', count: 1 },
    { previous_status: 'STATUS_ONLINE', status: 'STATUS_AWAY', count: 2 },
    { previous_status: 'STATUS_AWAY', status: 'STATUS_ONLINE', count: 1 },
  ]);
});

for (const [name, method, request, code, reason, fields] of [
  ['what is no log', 'Simulate', { account_id, workflow: { away_after: period(MINUTE) }, log: Buffer.from('a') },
    'INVALID_ARGUMENT', 'INVALID_FIELD', ['log']],
  ['a malformed id', 'GetStatus', { account_id, user_id: 'a\nb' }, 'INVALID_ARGUMENT', 'INVALID_FIELD', ['user_id']],
  ['no account', 'GetWorkflow', {}, 'INVALID_ARGUMENT', 'INVALID_FIELD', ['account_id']],
  [
    'a status of the future',
    'SetStatus',
    { account_id, user_id: 'ann', status: 99 },
    'INVALID_ARGUMENT',
    'INVALID_FIELD',
    ['status'],
  ],
  [
    'an activity of tomorrow',
    'RecordActivity',
    { account_id, user_id: 'ann', activity_time: at(NOW + 24 * 60 * MINUTE) },
    'INVALID_ARGUMENT',
    'INVALID_FIELD',
    ['activity_time'],
  ],
  [
    'offline before away',
    'UpdateWorkflow',
    { workflow: { account_id, away_after: period(2 * MINUTE), offline_after: period(MINUTE) } },
    'INVALID_ARGUMENT',
    'INVALID_WORKFLOW',
    ['workflow.offline_after'],
  ],
  [
    'an unknown mask path',
    'UpdateWorkflow',
    { workflow: { account_id }, update_mask: { paths: ['awayAfter'] } },
    'INVALID_ARGUMENT',
    'INVALID_FIELD',
    ['update_mask'],
  ],
  [
    'a session that lives too long',
    'KeepSession',
    { account_id, user_id: 'ann', session_id: 'tab-1', ttl: period(5 * 60 * MINUTE) },
    'INVALID_ARGUMENT',
    'INVALID_FIELD',
    ['ttl'],
  ],
  [
    'two ends at once',
    'SetStatus',
    { account_id, user_id: 'ann', status: 'STATUS_AWAY', ttl: period(MINUTE), expire_time: at(NOW + MINUTE) },
    'INVALID_ARGUMENT',
    'INVALID_FIELD',
    ['ttl'],
  ],
  [
    'to disconnect to ONLINE',
    'UpdateWorkflow',
    { workflow: { account_id, disconnect_after: period(MINUTE), disconnect_status: 'STATUS_ONLINE' } },
    'INVALID_ARGUMENT',
    'INVALID_WORKFLOW',
    ['workflow.disconnect_status'],
  ],
  [
    'an engagement of a user never seen',
    'KeepEngagement',
    { account_id, user_id: 'nobody', engagement_id: 'call-1' },
    'NOT_FOUND',
    'USER_UNKNOWN',
    [],
  ],
  ['a user never seen', 'GetStatus', { account_id, user_id: 'nobody' }, 'NOT_FOUND', 'USER_UNKNOWN', []],
  [
    'a revision of the past',
    'SetStatus',
    { account_id, user_id: 'ann', status: 'STATUS_AWAY', expected_revision: 0 },
    'ABORTED',
    'REVISION_CONFLICT',
    [],
  ],
  [
    'an etag of the past',
    'UpdateWorkflow',
    { workflow: { account_id, enabled: false, etag: 'w0' } },
    'ABORTED',
    'REVISION_CONFLICT',
    [],
  ],
]) {
  test(`${method} refuses ${name}`, async () => {
    const error = await refused(call(method, request));
    assert.deepEqual([error.code, error.reason], [code, reason]);
    assert.deepEqual(
      error.violations.map(({ field }) => field),
      fields,
    );
    assert.ok(error.violations.every(({ description }) => description));
  });
}

test('people have names and teams, and a team has a workflow of its own until it is deleted', async () => {
  const [account, team] = [{ account_id: 'teams' }, { account_id: 'teams', team_id: 'night' }];
  const user = { ...team, user_id: 'nina', display_name: 'Nina' };
  await call('RecordActivity', { ...account, user_id: 'nina' });
  const { user_status } = await call('UpdateUser', { user });
  assert.deepEqual([user_status.display_name, user_status.team_id], ['Nina', 'night']);
  const workflow = { ...team, enabled: true, away_after: period(MINUTE) };
  assert.equal((await call('UpdateWorkflow', { workflow })).workflow.team_id, 'night');
  const { teams } = await call('ListTeams', account);
  assert.deepEqual(teams, [{ ...team, user_count: 1, has_workflow: true }]);
  assert.deepEqual((await call('DeleteWorkflow', team)).workflow.team_id, '');
});

test('reports add up time in status, count people, and tell who was what when, by days of the account', async () => {
  const account = { account_id: 'reported', time_zone: 'Asia/Kolkata' };
  assert.deepEqual((await call('UpdateAccount', { account })).account, account);
  assert.deepEqual((await call('GetAccount', { account_id: 'reported' })).account, account);
  await call('RecordActivity', { account_id: 'reported', user_id: 'rae', activity_time: at(NOW - 30 * MINUTE) });
  const range = { account_id: 'reported', start_time: at(NOW - 60 * MINUTE), end_time: at(NOW + MINUTE) };
  const time = await call('SummarizeTime', { ...range, group: 'TIME_GROUP_USER' });
  assert.deepEqual([time.time_zone, time.as_of, time.known_since], ['Asia/Kolkata', at(NOW), null]);
  const [{ user_id, people, buckets }] = time.summaries;
  assert.deepEqual([user_id, Number(people), buckets[0].unknown], ['rae', 1, period(30 * MINUTE)]);
  assert.deepEqual(buckets[0].times, [
    { status: 'STATUS_ONLINE', cause: 'CAUSE_ACTIVITY', duration: period(30 * MINUTE) },
  ]);
  const { counts } = await call('CountByStatus', { ...range, step: 'BUCKET_QUARTER_HOUR' });
  assert.deepEqual(counts.map(({ online }) => Number(online)), [0, 0, 0, 1, 1]);
  const { timelines } = await call('ListTimelines', range);
  const [unseen, online] = timelines[0].intervals;
  assert.deepEqual([unseen.status, online.status], ['STATUS_UNSPECIFIED', 'STATUS_ONLINE']);
  assert.deepEqual([unseen.end_time, online.end_time], [online.start_time, at(NOW)]);
  const backwards = { ...range, end_time: range.start_time };
  assert.equal((await refused(call('ListTimelines', backwards))).violations[0].field, 'end_time');
});

test('BatchSetStatus answers for each', async () => {
  const requests = [{ user_id: 'nina', status: 'STATUS_AWAY' }, { user_id: 'noor' }];
  const { results } = await call('BatchSetStatus', { account_id: 'teams', requests });
  assert.deepEqual([results[0].user_status.status, results[1].error.field], ['STATUS_AWAY', 'status']);
});

test('people and accounts are erased, and accounts are created', async () => {
  await call('DeleteUser', { account_id: 'teams', user_id: 'nina' });
  assert.equal((await refused(call('GetStatus', { account_id: 'teams', user_id: 'nina' }))).reason, 'USER_UNKNOWN');
  await call('DeleteAccount', { account_id: 'teams' });
  assert.equal((await refused(call('DeleteAccount', { account_id: 'teams' }))).reason, 'ACCOUNT_UNKNOWN');
  assert.equal((await call('CreateAccount', { account_id: 'teams' })).account.account_id, 'teams');
});

test('WatchStatuses sends a snapshot, then what changes', async () => {
  const stream = open('WatchStatuses', { account_id: 'watched' });
  const messages = read(stream, 2);
  await new Promise((resolve) => stream.once('data', resolve));
  await call('SetStatus', { account_id: 'watched', user_id: 'wim', status: 'STATUS_AWAY' });
  const [{ snapshot, resume_token }, { changes }] = await messages;
  stream.cancel();
  assert.ok(snapshot.first && snapshot.last && resume_token);
  const [{ status_change }] = changes.changes;
  assert.deepEqual([status_change.user_id, status_change.status], ['wim', 'STATUS_AWAY']);
});

test('WatchStatuses refuses a token that is none', async () => {
  const error = await refused(read(open('WatchStatuses', { account_id, resume_token: 'forged' }), 1));
  assert.deepEqual([error.code, error.reason], ['INVALID_ARGUMENT', 'INVALID_FIELD']);
  assert.deepEqual(error.violations[0].field, 'resume_token');
});

test('RecordActivities acknowledges a batch of activities, sessions and engagements, and says what it refused', async () => {
  const stream = open('RecordActivities');
  const acknowledged = read(stream, 1);
  const activities = [{ account_id: 'streamed', user_id: 'sue' }, { account_id: 'streamed', user_id: '' }];
  const lease = { account_id: 'streamed', user_id: 'sue', lease_id: 'tab-1' };
  const leases = [
    { ...lease, action: 'LEASE_ACTION_KEEP_SESSION', ttl: period(1_000) },
    { ...lease, action: 'LEASE_ACTION_KEEP_SESSION' },
    { ...lease, action: 'LEASE_ACTION_KEEP_ENGAGEMENT', lease_id: 'call-1' },
  ];
  stream.write({ sequence: 7, activities, leases });
  const [{ sequence, errors, lease_errors }] = await acknowledged;
  stream.end();
  assert.equal(sequence, 7);
  assert.deepEqual(errors.map(({ index, reason, field }) => [index, reason, field]), [
    [1, 'ERROR_REASON_INVALID_FIELD', 'user_id'],
  ]);
  assert.deepEqual(lease_errors.map(({ index, reason, field }) => [index, reason, field]), [
    [0, 'ERROR_REASON_INVALID_FIELD', 'ttl'],
  ]);
  const { user_status } = await call('GetStatus', { account_id: 'streamed', user_id: 'sue' });
  assert.equal(user_status.status, 'STATUS_ONLINE');
  assert.deepEqual([user_status.connected, user_status.engagements], [true, 1]);
});

// The last one: a method that is added to the contract has to be called above.
test('every method was called', () => {
  assert.deepEqual([...called].sort(), [...methods].sort());
});
