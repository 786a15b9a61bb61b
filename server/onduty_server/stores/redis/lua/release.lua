--! uses: full, partition
-- Give back the lease; when the last process stops, also record that no heartbeat vouches from now on.
--
-- ARGV: time, holder, fence, 1 when no other process is present
write_although_full()
if holds_lease(ARGV[2], ARGV[3]) then
  redis.call('HDEL', META, 'owner', 'until')
end
if ARGV[4] == '1' then
  local beat, horizon = vital()
  local now = time_now(beat)
  if horizon and now <= horizon then
    redis.call('HSET', META, 'beat', now, 'horizon', now)
  end
end
return 1
