-- A partition: its time, its heartbeat, and the names of its keys. KEYS[1] is their prefix, hash tag included; ARGV[1] is
-- the time (ms UTC) if the caller passes one, as tests do, and empty for the server's own.
local P = KEYS[1]
local META, DUE = P .. 'meta', P .. 'due'

-- Return the correction (ms) of the server's clock, which was stepped or differs from other nodes' clocks.
local clock_offset = 0

-- Return the time (ms UTC) up to which watchers were told that they know everything.
local told = 0

-- Return the last heartbeat, until when it vouches, and the recovery floor, all ms UTC; no beat in a partition never used.
local function vital()
  local v = redis.call('HMGET', META, 'beat', 'horizon', 'floor', 'offset', 'told')
  clock_offset = tonumber(v[4] or 0)
  told = tonumber(v[5] or 0)
  return tonumber(v[1]), tonumber(v[2]), tonumber(v[3])
end

local function server_time()
  if ARGV[1] ~= '' then
    return tonumber(ARGV[1])
  end
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000) + clock_offset
end

-- Return now, but never before what the partition has already been told: a promoted replica's clock may be behind.
local function time_now(beat, committed)
  return math.max(server_time(), beat or 0, committed or 0, told)
end

-- Return when the first account of the partition has something due, or false.
local function due_head()
  local first = redis.call('ZRANGE', DUE, 0, 0, 'WITHSCORES')
  return first[2] and math.floor(tonumber(first[2])) or false
end

-- Return true if the holder has the lease, under this fence.
local function holds_lease(holder, fence)
  local lease = redis.call('HMGET', META, 'owner', 'fence')
  return lease[1] == holder and lease[2] == fence
end
