--! uses: partition, words, sums
-- Read daily sums for a report.
--
-- ARGV: time, account, how many sums, then for each key: day, and number of the 32 people
-- Returns {0, known, summed, unedged, {fields and values of a key}, ...}, of as many keys as have so many sums together, and of
-- one at least.
local v = redis.call('HMGET', P .. 'a:' .. ARGV[2], 'known', 'summed', 'unedged', 'first')
local reply, budget = { 0, v[1] or 0, v[2] or v[4] or 0, v[3] or 0 }, 2 * tonumber(ARGV[3])
for i = 4, #ARGV, 2 do
  local found = redis.call('HGETALL', sums_key(ARGV[2], ARGV[i], ARGV[i + 1]))
  reply[#reply + 1] = found
  budget = budget - #found - 2
  if budget <= 0 then
    break
  end
end
return reply
