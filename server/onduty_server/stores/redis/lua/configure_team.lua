--! uses: partition, account, layers, index, settled, words, commit, settings
-- Change the workflow of a team (compare and set), as `configure.lua` does that of an account. One that follows the account's
-- is written as well: its times are the team's own.
--
-- ARGV: time, account, longest history, expected workflow of the account (empty: it is new), expected past, expected floor,
-- workflow, mask of its times that mean now, how many changes to keep, team, expected workflow of the team (empty: none of
-- its own yet), expected past, 1 when it follows from now on, how many teams may have one, the workflow of a new account
-- Returns what `configure.lua` does, or {2} when there are too many.
local ended, account, now, floor = begin(ARGV[2], true)
if ended then
  return ended
end
if (account and account.w or '') ~= ARGV[4] or (account and account.past or '') ~= ARGV[5] or floor ~= tonumber(ARGV[6]) then
  return { 0, now }
end
account = account or create_account(ARGV[2], ARGV[15])
local team, key = ARGV[10], P .. 'a:' .. account.id
local scope = scope_of(account, team)
if (scope.has_own and scope.w or '') ~= ARGV[11] or (scope.has_own and scope.past or '') ~= ARGV[12] then
  return { 0, now }
end
if not scope.has_own then
  if account.own >= tonumber(ARGV[14]) then
    return { 2, now }
  end
  set_more(account.id, 'own', account.own + 1)
end
set_more(account.id, 'people', 1)
-- What is overdue is kept for the account as a whole, so this may be more than the team needs.
local due = earliest_in_queues(scope, floor)
local head = is_layered(scope) and tonumber(redis.call('ZRANGE', ends_key(scope), 0, 0, 'WITHSCORES')[2])
local past = ''
if scope.past ~= '' or account.rest or (due and due <= now) or (head and head <= now) or redis.call('EXISTS', overdue_key(account)) == 1 then
  remember_due(account, floor, now)
  past = with_past(scope, floor, now)
end
local w = filled(ARGV[7], tonumber(ARGV[8]), now, account.rev + 1)
append_workflow(account, w, now, ARGV[3], ARGV[9])
write_team(account, team, w, past)
redis.call(ARGV[13] == '1' and 'SADD' or 'SREM', teams_key(account, 'f'), team)
redis.call('ZADD', teams_key(account, 'k'), 0, team)
finish(account, now)
account = load_account(account.id)
touch_team(scope_of(account, team))
reschedule(account, floor, now)
return { 1, now, floor, w, account.rev, due_head() }
