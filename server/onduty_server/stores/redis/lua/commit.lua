--! uses: full, partition, account, layers, index, words, commit
-- Write a decision about one user if the data that it rests on has not changed (compare and set).
--
-- ARGV: time, account, the workflow of a new account, longest history, expected workflow, expected past, expected floor,
-- user, expected record, record, mask of its times that mean now, until when (exclusive; empty: for ever) the decision
-- holds, how many users an account may have (0: any number), then for each event and edge its body and 1 when its time means now
-- Returns {1, now, floor, record, workflow, past, revision, when the partition has something due}, the same with 0 and what
-- is there when the decision is outdated, {2} when the account is full, or {-1} when a heartbeat must come first.
local ended, account, now, floor = begin(ARGV[2], true)
if ended then
  return ended
end
local user, expected = ARGV[8], ARGV[9]
local raw = account and redis.call('HGET', account.users, user) or ''
local scope = account and scope_of(account, raw and raw ~= '' and team_of(raw) or '')
local w, past = scope and scope.w or '', scope and scope.past or ''
if
  raw ~= expected
  or w ~= ARGV[5]
  or past ~= ARGV[6]
  or floor ~= tonumber(ARGV[7])
  or (ARGV[12] ~= '' and now >= tonumber(ARGV[12]))
then
  return { 0, now, floor, raw, w, past, account and account.rev or 0 }
end
local users_max = tonumber(ARGV[13])
if expected == '' and account and users_max > 0 and user_count(account) >= users_max then
  return { 2, now }
end
local events, is_change = {}, expected == ''
for i = 14, #ARGV, 2 do
  events[#events + 1] = { ARGV[i], ARGV[i + 1] == '1' }
  is_change = is_change or string.byte(ARGV[i], 1) < EDGE_MIN
end
if not is_change then
  -- Moving a clock takes no memory, and an edge next to none, so active users do not become AWAY when the memory is full.
  write_although_full()
end
if not account then
  account = create_account(ARGV[2], ARGV[3])
  scope = account
end
raw = apply(account, user, expected, ARGV[10], tonumber(ARGV[11]), events, now, ARGV[4])
finish(account, now)
reschedule(account, floor, now)
return { 1, now, floor, raw, scope.w, scope.past, account.rev, due_head() }
