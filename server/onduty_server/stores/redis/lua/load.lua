--! uses: partition, account
-- Read the data that a decision about one user, or about a workflow, rests on.
--
-- ARGV: time, account, user
-- Returns {0, now, floor, record, workflow, past, revision}, or {-1} when a heartbeat must come first.
local ended, account, now, floor = begin(ARGV[2], true)
if ended then
  return ended
end
if not account then
  return { 0, now, floor, '', '', '', 0 }
end
return { 0, now, floor, redis.call('HGET', account.users, ARGV[3]) or '', account.w, account.past, account.rev }
