--! uses: partition
-- Count the records of a partition, and read its heartbeat.
--
-- ARGV: time
-- Returns {accounts, users, events, beat, horizon, floor}, the last three as text and false if there never was a heartbeat.
local ids = redis.call('SMEMBERS', P .. 'accounts')
local users, events = 0, 0
for _, id in ipairs(ids) do
  users = users + redis.call('HLEN', P .. 'u:' .. id)
  events = events + redis.call('XLEN', P .. 'e:' .. id)
end
local v = redis.call('HMGET', META, 'beat', 'horizon', 'floor')
return { #ids, users, events, v[1], v[2], v[3] }
