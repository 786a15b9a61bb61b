--! uses: partition, settings
-- Count the records of a partition, and read its heartbeat. Workflow changes kept after their events count as events.
--
-- ARGV: time
-- Returns {accounts, users, events, beat, horizon, floor}, the last three as text and false if there never was a heartbeat.
local ids = redis.call('SMEMBERS', P .. 'accounts')
local users, events = 0, 0
for _, id in ipairs(ids) do
  users = users + redis.call('HLEN', P .. 'u:' .. id)
  local first = redis.call('XRANGE', P .. 'e:' .. id, '-', '+', 'COUNT', 1)[1]
  local before = first and '(' .. first[1] or '+'
  events = events + redis.call('XLEN', P .. 'e:' .. id) + #redis.call('XRANGE', settings_key(id), '-', before)
end
local v = redis.call('HMGET', META, 'beat', 'horizon', 'floor')
return { #ids, users, events, v[1], v[2], v[3] }
