--! uses: full, partition, account, layers, index
-- Find users of whom something is due, for the process that has the partition's lease.
--
-- ARGV: time, holder, fence, how many users
-- Returns {0, now, floor, when the partition has something due, then for each account its id, workflow, past,
-- {team, workflow, past, ...} and {user, record, ...}}, {-2} when the lease is another's, or {-1} when a heartbeat must come first.
local ACCOUNTS_MAX = 32
local beat, horizon, floor = vital()
local now = time_now(beat)
if not horizon or now > horizon then
  return { -1, now }
end
if not holds_lease(ARGV[2], ARGV[3]) then
  return { -2, now }
end
write_although_full()
local left = tonumber(ARGV[4])
local reply = { 0, now, floor, false }
local ids = redis.call('ZRANGEBYSCORE', DUE, '-inf', now, 'LIMIT', 0, ACCOUNTS_MAX)
for _, id in ipairs(ids) do
  if left <= 0 then
    break
  end
  local account = load_account(id)
  local complete = collect(account, floor, now, 4 * left)
  local members = overdue_members(account, now, left)
  if #members > 0 then
    left = left - #members
    local found = with_records(account, users_of(account, members))
    for _, value in ipairs({ id, account.w, account.past, policies_of(account, found), found }) do
      reply[#reply + 1] = value
    end
  elseif complete then
    forget_past(account, now)
  end
  -- Put it after the other accounts that are due, if it has more.
  reschedule(account, floor, now)
end
reply[4] = due_head()
return reply
