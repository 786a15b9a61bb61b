--! uses: full, partition, account, layers, index, settled
-- Find a time before which all that was effective has been recorded. It is a promise, as that of `settled_until.lua`.
--
-- ARGV: time, account, budget
-- Returns {1, time}, or {-1} when a heartbeat must come first.
local ended, account, now, floor = begin(ARGV[2], true)
if ended then
  return ended
end
write_although_full()
local settled = now
if account then
  collect(account, floor, now, tonumber(ARGV[3]))
  reschedule(account, floor, now)
  settled = due_from(account, floor, now)
end
-- As there, the partition's time never goes back behind it.
if floor and settled > told then
  redis.call('HSET', META, 'told', string.format('%.0f', settled))
end
return { 1, settled }
