--! uses: full, partition, account, layers, index
-- Record a heartbeat of a partition, after recovering from an outage if there was one; keep or take the lease if it is
-- wanted and free.
--
-- ARGV: time, how long a heartbeat vouches (ms), outage grace (ms), 1 when an outage counts as inactivity, beat and floor of
-- a partition never used, the process (empty: it does not want the lease), its fence (0: none), length of the lease (ms),
-- the time expected by the process's steady clock (empty: not to be checked), the offset (ms) that the process saw with
-- a wrong time, and the amount (ms) by which to correct the offset if it is still the same
-- Returns {now, offset, 0, how long (ms) an outage was that is now over, else 0, fence when the lease is held, else 0, when
-- the partition has something due, 0 when no erasure is under way or unfinished, 0 when no account has too many events}, or {now, offset, 1}, having done nothing, when the time is not the expected one: perhaps
-- the call was late, which only the process can tell.
local STEP_MS = 1000
write_although_full()
local beat, horizon, floor = vital()
local is_new = not beat
if is_new then
  beat, floor = tonumber(ARGV[5]), tonumber(ARGV[6])
  horizon = beat + tonumber(ARGV[2])
end
if ARGV[12] ~= '0' and clock_offset == tonumber(ARGV[11]) then
  if tonumber(ARGV[12]) > 0 then
    -- Nothing in the time that may now be jumped over was shown to a caller.
    horizon = math.min(horizon, time_now(beat))
  end
  clock_offset = clock_offset + tonumber(ARGV[12])
  redis.call('HSET', META, 'offset', clock_offset)
end
if ARGV[10] ~= '' and math.abs(server_time() - tonumber(ARGV[10])) > STEP_MS then
  return { server_time(), clock_offset, 1 }
end
local now = time_now(beat)
local outage = 0
if is_new and now <= horizon then
  -- Do as if the partition had been in use at the last store-wide heartbeat.
  redis.call('HSET', META, 'beat', beat, 'horizon', horizon, 'floor', floor)
else
  if now - beat > tonumber(ARGV[3]) then
    outage = now - beat
    if ARGV[4] ~= '1' then
      -- No activity could be recorded for too long: all clocks restart, after the switches that were due before.
      local began = math.min(horizon, now)
      for _, id in ipairs(redis.call('ZRANGEBYSCORE', DUE, '-inf', began)) do
        local account = load_account(id)
        redis.call('HSET', P .. 'a:' .. id, 'past', with_past(account, floor, began), 'scan', 0)
        local teams = account.own > 0 and redis.call('ZRANGE', teams_key(account, 'k'), 0, -1) or {}
        for _, team in ipairs(teams) do
          local scope = scope_of(account, team)
          if scope.has_own then
            redis.call('HSET', P .. 'a:' .. id, 'past:' .. team, with_past(scope, floor, began), 'scan:' .. team, 0)
            redis.call('ZADD', teams_key(account, 'b'), 0, team)
          end
        end
      end
      floor = now
    end
  end
  redis.call('HSET', META, 'beat', now, 'horizon', math.max(horizon, now + tonumber(ARGV[2])), 'floor', floor)
end

local fence = 0
if ARGV[7] ~= '' then
  local lease = redis.call('HMGET', META, 'owner', 'fence', 'until')
  local held, free = tonumber(lease[2] or 0), now >= tonumber(lease[3] or 0)
  if lease[1] == ARGV[7] and lease[2] == ARGV[8] then
    fence = held
  elseif lease[1] == ARGV[7] or not lease[1] or free then
    -- Take it from a predecessor of the same name as well, which may still believe that it has the lease.
    fence = held + 1
  end
  if fence > 0 then
    redis.call('HSET', META, 'owner', ARGV[7], 'fence', fence, 'until', now + tonumber(ARGV[9]))
  end
end
local unfinished = redis.call('EXISTS', P .. 'erasing', P .. 'dropping')
local excess = redis.call('EXISTS', P .. 'excess')
return { now, clock_offset, 0, outage, fence, due_head(), unfinished, excess }
