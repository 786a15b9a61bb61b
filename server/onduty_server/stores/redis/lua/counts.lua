--! uses: partition
-- Count the records of a partition, and the places of erased users, and read its heartbeat.
-- Workflow changes kept after their events count as events.
--
-- ARGV: time
-- Returns {accounts, users, events, erased, beat, horizon, floor}, the last three as text and false if
-- there never was a heartbeat.
local ids = redis.call('SMEMBERS', P .. 'accounts')
local users, events, erased = 0, 0, 0
for _, id in ipairs(ids) do
  users = users + redis.call('HLEN', P .. 'u:' .. id)
  erased = erased + tonumber(redis.call('HGET', P .. 'a:' .. id, 'gone') or 0)
  local first = redis.call('XRANGE', P .. 'e:' .. id, '-', '+', 'COUNT', 1)[1]
  local before = first and '(' .. first[1] or '+'
  events = events + redis.call('XLEN', P .. 'e:' .. id) + #redis.call('XRANGE', P .. 'c:' .. id, '-', before)
end
local v = redis.call('HMGET', META, 'beat', 'horizon', 'floor')
return { #ids, users, events, erased, v[1], v[2], v[3] }
