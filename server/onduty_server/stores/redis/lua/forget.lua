--! uses: full, partition
-- Forget the mark of an erasure, with which the last that was known of the user goes.
--
-- ARGV: time, account, revision of the erasure
-- Returns {1}
write_although_full()
redis.call('HDEL', P .. 'p:' .. ARGV[2], ARGV[3])
if redis.call('EXISTS', P .. 'p:' .. ARGV[2]) == 0 then
  redis.call('SREM', P .. 'erasing', ARGV[2])
end
return { 1 }
