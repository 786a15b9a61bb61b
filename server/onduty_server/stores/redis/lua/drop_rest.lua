--! uses: full, partition, account, layers, index, words, sums, dropping
-- Go on erasing an account, a bounded amount a call.
--
-- ARGV: time, account, budget
-- Returns {1} when it is done, else {0}.
local id = ARGV[2]
local head = P .. 'z:' .. id
local v = redis.call('HMGET', head, 'length', 'at')
if not v[1] then
  return { 1 }
end
write_although_full()
local at = drop_keys({ id = id, key = id, team = '' }, tonumber(v[1]), tonumber(v[2] or 0), tonumber(ARGV[3]))
if at then
  redis.call('HSET', head, 'at', at)
  return { 0 }
end
redis.call('UNLINK', head)
drop_news(id)
redis.call('SREM', P .. 'dropping', id)
return { 1 }
