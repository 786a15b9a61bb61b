-- Read the present processes and the store-wide heartbeat, which shows later whether any process came since.
--
-- KEYS: the key prefix that all partitions share
-- ARGV: time, how long (ms) a process counts as present
-- Returns {beat, floor, {process, ...}}, the first two as text and false if there never was a heartbeat.
local M = KEYS[1]
local v = redis.call('HMGET', M .. 'vital', 'beat', 'floor', 'offset')
local now = tonumber(ARGV[1])
if not now then
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000) + tonumber(v[3] or 0)
end
return { v[1], v[2], redis.call('ZRANGEBYSCORE', M .. 'members', string.format('(%.0f', now - tonumber(ARGV[2])), '+inf') }
