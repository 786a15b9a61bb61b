-- For scripts that must go on when the server's memory is full (maxmemory, noeviction): what they write replaces what is
-- there, or frees memory. A server refuses the first write of a script if it may need memory, and none after it; so the
-- first is one that removes nothing from nothing. Redis 7 has the flag allow-oom for it, which Redis 6.2 does not know.
local function write_although_full()
  redis.call('HDEL', KEYS[2], '')
end
