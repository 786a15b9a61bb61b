--! uses: partition, account, layers, index, words, commit
-- Write a change of a user's profile, and what a move to another team brings, if nothing that it rests on has changed.
--
-- ARGV: time, account, longest history, team after the change, expected workflow, past and floor, expected workflow and past of
-- that team, user, expected record, record, mask of its times that mean now, until when (exclusive; empty: for ever) it
-- holds, how many teams the account may have, then for each event and edge its body and 1 when its time means now
-- Returns {1, now, record, revision, when the partition has something due}, {0, now} when the decision is outdated, {2, now}
-- when the account has too many teams for another one, or {-1} when a heartbeat must come first.
local ended, account, now, floor = begin(ARGV[2], true)
if ended then
  return ended
end
local user, expected = ARGV[10], ARGV[11]
local raw = account and redis.call('HGET', account.users, user)
if not raw or raw ~= expected or floor ~= tonumber(ARGV[7]) or (ARGV[14] ~= '' and now >= tonumber(ARGV[14])) then
  return { 0, now }
end
local from, to = scope_of(account, team_of(raw)), scope_of(account, ARGV[4])
if from.w ~= ARGV[5] or from.past ~= ARGV[6] or to.w ~= ARGV[8] or to.past ~= ARGV[9] then
  return { 0, now }
end
if to.team ~= '' and from ~= to and not redis.call('ZSCORE', teams_key(account, 'k'), to.team)
  and redis.call('ZCARD', teams_key(account, 'k')) >= tonumber(ARGV[15]) then
  return { 2, now }
end
if not account.people then
  set_more(account.id, 'people', 1)
  account.people = true
end
local events = {}
for i = 16, #ARGV, 2 do
  events[#events + 1] = { ARGV[i], ARGV[i + 1] == '1' }
end
raw = apply(account, user, expected, ARGV[12], tonumber(ARGV[13]), events, now, ARGV[3])
finish(account, now)
reschedule(account, floor, now)
return { 1, now, raw, account.rev, due_head() }
