--! uses: full, partition, words
-- Drop history that is no longer kept, a bounded amount a call.
--
-- ARGV: time, commit time (ms UTC) before which nothing is kept, budget
-- Returns 1 when there is more to drop.
write_although_full()
local before, budget = tonumber(ARGV[2]), tonumber(ARGV[3])
while budget > 0 do
  local id = redis.call('ZRANGEBYSCORE', P .. 'history', '-inf', '(' .. ARGV[2], 'LIMIT', 0, 1)[1]
  if not id then
    return 0
  end
  local stream, last, dropped = P .. 'e:' .. id, nil, {}
  local entries = redis.call('XRANGE', stream, '-', '+', 'COUNT', 100)
  for _, entry in ipairs(entries) do
    if struct.unpack('>I6', entry[2][2], 14) >= before then
      break
    end
    last = entry[1]
    dropped[#dropped + 1] = entry
  end
  if last then
    local after = tonumber(string.match(last, '^%d+')) + 1
    drop_words(id, dropped)
    redis.call('XTRIM', stream, 'MINID', string.format('%.0f', after))
  end
  budget = budget - #entries - 1
  local first = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
  if first then
    redis.call('ZADD', P .. 'history', struct.unpack('>I6', first[2][2], 14), id)
  else
    redis.call('ZREM', P .. 'history', id)
  end
end
return 1
