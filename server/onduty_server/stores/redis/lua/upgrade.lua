-- Raise the schema of a store to the present one, unless a process that may know only the older one is present. What such a
-- process has in memory would not notice the change.
--
-- KEYS: the key prefix that all partitions share
-- ARGV: time, the older schema, the present one, how long (ms) a process counts as present
-- Returns the present processes, having done nothing if there are any.
local M = KEYS[1]
local now = tonumber(ARGV[1])
if not now then
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000) + tonumber(redis.call('HGET', M .. 'vital', 'offset') or 0)
end
local members = redis.call('ZRANGEBYSCORE', M .. 'members', string.format('(%.0f', now - tonumber(ARGV[4])), '+inf')
if #members == 0 and redis.call('GET', M .. 'schema') == ARGV[2] then
  redis.call('SET', M .. 'schema', ARGV[3])
end
return members
