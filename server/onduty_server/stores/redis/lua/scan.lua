--! uses: partition, account, layers, index
-- Read users in the order in which they were first seen.
--
-- ARGV: time, account, position, how many
-- Returns {0, now, floor, workflow, past, revision, how many users there are, {user, record, ...}}, {1} when there is
-- no such account, or {-1} when a heartbeat must come first.
local ended, account, now, floor = begin(ARGV[2])
if ended then
  return ended
end
if not account then
  return { 1, now }
end
local found = with_records(account, users_from(account, tonumber(ARGV[3]), tonumber(ARGV[4])))
return { 0, now, floor, account.w, account.past, account.rev, user_count(account), found }
