--! uses: full
-- Record the presence of a process and the store-wide heartbeat, with which a partition begins that is used for the first
-- time; read the present processes, the partitions in use, and the shared values.
--
-- KEYS: the key prefix that all partitions share
-- ARGV: time, the process, how long (ms) a process counts as present, outage grace (ms), 1 when an outage counts as
-- inactivity, purpose ("come": it has just come, "beat": record a heartbeat, "look": nothing, "leave"), how long a
-- heartbeat vouches (ms), then as in `beat.lua`: the expected time, the offset seen, the correction; and then the values
-- that are written once, and again if a failover has lost them: the schema, the token key, the lineage, partitions in use
-- Returns {now, offset, 0, beat, horizon, floor, {process, ...}, {partition, ...}, 1 when no other process is present, how many accounts
-- there are, the token key, the lineage, {began, ended, ... of each gap}}, or
-- {now, offset, 1, beat}, having done nothing, when the time is not the expected one, or {now, offset, 2, schema} when the
-- store is now of another schema.
local STEP_MS = 1000
local GAP_MS = 86400000 -- as in `app/gaps.py`
local M = KEYS[1]
local me, purpose, valid_ms = ARGV[2], ARGV[6], tonumber(ARGV[7])
write_although_full()
local v = redis.call('HMGET', M .. 'vital', 'beat', 'horizon', 'floor', 'offset')
local beat, horizon, floor, offset = tonumber(v[1]), tonumber(v[2]), tonumber(v[3] or 0), tonumber(v[4] or 0)

local found
if ARGV[1] ~= '' then
  found, offset = tonumber(ARGV[1]), 0
else
  if ARGV[10] ~= '0' and offset == tonumber(ARGV[9]) then
    offset = offset + tonumber(ARGV[10])
    redis.call('HSET', M .. 'vital', 'offset', offset)
  end
  local t = redis.call('TIME')
  found = t[1] * 1000 + math.floor(t[2] / 1000) + offset
  if ARGV[8] ~= '' and math.abs(found - tonumber(ARGV[8])) > STEP_MS then
    return { found, offset, 1, beat or 0 }
  end
end
redis.call('ZREMRANGEBYSCORE', M .. 'members', '-inf', found - tonumber(ARGV[3]))
local others = redis.call('ZCARD', M .. 'members') - (redis.call('ZSCORE', M .. 'members', me) and 1 or 0)
local corrected = found
if purpose == 'come' and others == 0 then
  -- The first process follows the server's clock as it is, unless that went back behind what was already shown.
  corrected = found - offset
  if beat and corrected < beat then
    corrected = horizon or beat
  end
end
offset = offset + corrected - found
local now = math.max(corrected, beat or 0)

-- A failover may also have lost that the schema was raised. A later one is that of a newer version.
local schema = redis.call('GET', M .. 'schema')
if not schema or (tonumber(schema) or math.huge) < tonumber(ARGV[11]) then
  redis.call('SET', M .. 'schema', ARGV[11])
elseif schema ~= ARGV[11] then
  return { found, offset, 2, schema }
end
redis.call('SET', M .. 'token_key', ARGV[12], 'NX')
redis.call('SET', M .. 'lineage', ARGV[13], 'NX')
for i = 14, #ARGV do
  redis.call('SADD', M .. 'partitions', ARGV[i])
end
if purpose ~= 'look' then
  if beat and now - beat > tonumber(ARGV[4]) and ARGV[5] ~= '1' then
    floor = now
  end
  if beat and now - beat > GAP_MS then
    redis.call('HSET', M .. 'gaps', string.format('%.0f', beat), string.format('%.0f', now))
  end
  beat = now
  horizon = purpose == 'leave' and others == 0 and now or math.max(horizon or 0, now + valid_ms)
  redis.call('HSET', M .. 'vital', 'beat', beat, 'horizon', horizon, 'floor', floor, 'offset', offset)
end
if purpose == 'leave' then
  redis.call('ZREM', M .. 'members', me)
else
  redis.call('ZADD', M .. 'members', now, me)
end
return {
  now,
  offset,
  0,
  beat or now,
  horizon or now + valid_ms,
  floor,
  redis.call('ZRANGE', M .. 'members', 0, -1),
  redis.call('SMEMBERS', M .. 'partitions'),
  others == 0 and 1 or 0,
  tonumber(redis.call('GET', M .. 'account_count') or 0),
  redis.call('GET', M .. 'token_key'),
  redis.call('GET', M .. 'lineage'),
  redis.call('HGETALL', M .. 'gaps'),
}
