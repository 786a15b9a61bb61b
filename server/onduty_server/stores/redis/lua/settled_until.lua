--! uses: full, partition, account, layers, index
-- Check that everything effective by now has been recorded. The reply is a promise to watchers, so the partition's time
-- never goes back behind it, whatever the server's clock does.
--
-- ARGV: time, account, budget
-- Returns {1 when it has, now, revision}; {0, now} when not, {-1} when a heartbeat must come first.
local ended, account, now, floor = begin(ARGV[2], true)
if ended then
  return ended
end
write_although_full()
-- It is never later than the horizon of the heartbeat, so that a clock that leaps ahead does not stop the partition's time.
local function settled(revision)
  if floor then
    redis.call('HSET', META, 'told', now)
  end
  return { 1, now, revision }
end
if not account then
  return settled(0)
end
local complete = collect(account, floor, now, tonumber(ARGV[3]))
if complete then
  forget_past(account, now)
end
reschedule(account, floor, now)
if not complete or has_past(account) or has_overdue(account, now) then
  return { 0, now, due_head() }
end
return settled(account.rev)
