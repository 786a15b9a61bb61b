--! uses: partition, account
-- Read the records of some users, all at one instant.
--
-- ARGV: time, account, users...
-- Returns {0, now, floor, workflow, past, records...}, a null for a user never seen; {1} when there is no such account,
-- or {-1} when a heartbeat must come first.
local ended, account, now, floor = begin(ARGV[2])
if ended then
  return ended
end
if not account then
  return { 1, now }
end
if #ARGV == 2 then
  return { 0, now, floor, account.w, account.past }
end
return { 0, now, floor, account.w, account.past, unpack(redis.call('HMGET', account.users, unpack(ARGV, 3))) }
