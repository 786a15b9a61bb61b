-- Which processes are there, and which partitions are in use. Keeps a heartbeat of the whole, from which a partition that
-- is used for the first time begins.
--
-- KEYS: what the keys of all processes begin with
-- ARGV: time, who asks, for how long (ms) a process is believed to be there, outage grace (ms), 1 when an outage counts as
-- inactivity, 1 to note a heartbeat, what the time should be by the asker's own steady clock (empty: it does not know), how
-- long a heartbeat vouches (ms)
-- Returns {now, beat, floor, {process, ...}, {partition, ...}, 1 when nobody else was there}
local STEP_MS = 1000
local M = KEYS[1]
local v = redis.call('HMGET', M .. 'vital', 'beat', 'floor', 'offset')
local beat, floor, offset = tonumber(v[1] or 0), tonumber(v[2] or 0), tonumber(v[3] or 0)
local found
if ARGV[1] ~= '' then
  found = tonumber(ARGV[1])
else
  local t = redis.call('TIME')
  local server = t[1] * 1000 + math.floor(t[2] / 1000)
  found = server + offset
  redis.call('ZREMRANGEBYSCORE', M .. 'members', '-inf', found - tonumber(ARGV[3]))
  local expected = tonumber(ARGV[7])
  if expected then
    -- As for a partition: `beat.lua`.
    if math.abs(found - expected) > STEP_MS and math.abs(beat - expected) < math.abs(found - beat) then
      offset = offset - (found - expected)
    end
  elseif redis.call('EXISTS', M .. 'members') == 0 then
    -- The first to come takes the server's clock as it is, unless it went back behind what was already shown.
    offset = server < beat and beat + tonumber(ARGV[8]) - server or 0
  end
  redis.call('HSET', M .. 'vital', 'offset', offset)
  found = server + offset
end
local now = math.max(found, beat)
if ARGV[6] == '1' then
  if beat > 0 and now - beat > tonumber(ARGV[4]) and ARGV[5] ~= '1' then
    floor = now
  end
  beat = now
  redis.call('HSET', M .. 'vital', 'beat', beat, 'floor', floor)
end
redis.call('ZREMRANGEBYSCORE', M .. 'members', '-inf', now - tonumber(ARGV[3]))
local alone = redis.call('EXISTS', M .. 'members') == 0 and 1 or 0
redis.call('ZADD', M .. 'members', now, ARGV[2])
return { now, beat, floor, redis.call('ZRANGE', M .. 'members', 0, -1), redis.call('SMEMBERS', M .. 'partitions'), alone }
