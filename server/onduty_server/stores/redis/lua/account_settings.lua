--! uses: partition
-- Read the settings of an account.
--
-- ARGV: time, account
-- Returns {1 when there is such an account, else 0; time zone, empty when none was written}.
local v = redis.call('HMGET', P .. 'a:' .. ARGV[2], 'w', 'tz')
return { v[1] and 1 or 0, v[2] or '' }
