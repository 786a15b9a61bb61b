--! uses: partition, account, layers, index, settled, words, commit, settings
-- Change the workflow of an account (compare and set). The old one still decides for users due under it until now. The
-- workflows of teams that had one of their own and follow the account's again change with it.
--
-- ARGV: time, account, longest history, expected workflow (empty: the account is new), expected past, expected floor,
-- workflow, mask of its times that mean now (1: enabled, 2: thresholds, 4: updated), how many changes of it to keep, then for
-- each team that follows: team, expected workflow, expected past, workflow, mask
-- Returns {1, now, floor, workflow, revision, when the partition has something due}, {0} when what is there is
-- something else, {-1} when a heartbeat must come first.
local ended, account, now, floor = begin(ARGV[2], true)
if ended then
  return ended
end
if (account and account.w or '') ~= ARGV[4] or (account and account.past or '') ~= ARGV[5] or floor ~= tonumber(ARGV[6]) then
  return { 0, now }
end
local followers = (#ARGV - 9) / 5
if account and account.own > 0 and redis.call('SCARD', teams_key(account, 'f')) ~= followers then
  return { 0, now }
end
for i = 10, #ARGV, 5 do
  local scope = scope_of(account, ARGV[i])
  if not scope.has_own or scope.w ~= ARGV[i + 1] or scope.past ~= ARGV[i + 2] then
    return { 0, now }
  end
end
local past, is_due_now = '', false
if account then
  local due = earliest(account, floor, now)
  is_due_now = due and due <= now
  if is_due_now then
    remember_due(account, floor, now)
    past = with_past(account, floor, now)
  end
else
  account = create_account(ARGV[2], ARGV[7])
  account.w = ''
end
local w, key = filled(ARGV[7], tonumber(ARGV[8]), now, account.rev + 1), P .. 'a:' .. account.id
local pasts = {}
for i = 10, #ARGV, 5 do
  pasts[ARGV[i]] = is_due_now and with_past(scope_of(account, ARGV[i]), floor, now) or ''
end
append_workflow(account, w, now, ARGV[3], ARGV[9])
redis.call('HSET', key, 'w', w)
if past ~= '' then
  redis.call('HSET', key, 'past', past, 'scan', 0)
elseif account.past ~= '' then
  redis.call('HDEL', key, 'past', 'scan')
end
for i = 10, #ARGV, 5 do
  write_team(account, ARGV[i], filled(ARGV[i + 3], tonumber(ARGV[i + 4]), now, account.rev), pasts[ARGV[i]])
end
if account.people then
  set_more(account.id, 'rest', '')
end
finish(account, now)
account = load_account(account.id)
reschedule(account, floor, now)
return { 1, now, floor, account.w, account.rev, due_head() }
