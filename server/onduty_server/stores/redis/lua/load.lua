--! uses: partition, account
-- Read the data that a decision about one user rests on.
--
-- ARGV: time, account, user, team to which the user is to be moved (absent: none)
-- Returns {0, now, floor, record, workflow, past, revision, workflow and past of that team}, or {-1} when a heartbeat must come
-- first.
local ended, account, now, floor = begin(ARGV[2], true)
if ended then
  return ended
end
if not account then
  return { 0, now, floor, '', '', '', 0 }
end
local raw = redis.call('HGET', account.users, ARGV[3]) or ''
local scope = scope_of(account, raw ~= '' and team_of(raw) or '')
local reply = { 0, now, floor, raw, scope.w, scope.past, account.rev }
if ARGV[4] then
  local target = scope_of(account, ARGV[4])
  reply[8], reply[9] = target.w, target.past
end
return reply
