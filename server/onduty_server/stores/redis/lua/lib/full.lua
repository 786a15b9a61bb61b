-- For scripts that must work when the server's memory is full (maxmemory, noeviction): their writes replace existing data,
-- or free memory. A server refuses only the first write of a script if it may need memory, so the first write is one that
-- removes nothing from nothing. Redis 7 has the flag allow-oom for this, which Redis 6.2 does not know.
local function write_although_full()
  redis.call('HDEL', KEYS[2], '')
end
