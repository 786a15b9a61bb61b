--! uses: partition, account
-- Read the records of some users, all at one instant.
--
-- ARGV: time, account, users...
-- Returns {0, now, floor, workflow, past, {team, workflow, past, ...}, records...}, a null for a user never seen; {1} when there is
-- no such account, or {-1} when a heartbeat must come first.
local ended, account, now, floor = begin(ARGV[2])
if ended then
  return ended
end
if not account then
  return { 1, now }
end
if #ARGV == 2 then
  return { 0, now, floor, account.w, account.past, {} }
end
local raws = redis.call('HMGET', account.users, unpack(ARGV, 3))
local policies = {}
if account.own > 0 then
  local found = {}
  for i, raw in ipairs(raws) do
    found[2 * i - 1], found[2 * i] = '', raw
  end
  policies = policies_of(account, found)
end
return { 0, now, floor, account.w, account.past, policies, unpack(raws) }
