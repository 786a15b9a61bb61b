--! uses: partition
-- Write the next edges of an account of another store. They have the times of the edges, as far as these grow.
--
-- ARGV: time, account, edges (packed)
-- Returns 1.
local stream, key = P .. 'h:' .. ARGV[2], P .. 'a:' .. ARGV[2]
local last = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
local at = last and tonumber(string.match(last[1], '^%d+')) or 0
for i = 3, #ARGV do
  at = math.max(at, (struct.unpack('>I6', ARGV[i], 6)))
  local id = string.format('%.0f-%.0f', at, redis.call('HINCRBY', key, 'edges', 1))
  redis.call('XADD', stream, id, 'e', ARGV[i])
  redis.call('ZADD', P .. 'edged', 'NX', at, ARGV[2])
end
-- Times of the account are not before that of its last commit, so the ids of later edges go on from here.
if at > tonumber(redis.call('HGET', key, 't') or 0) then
  redis.call('HSET', key, 't', string.format('%.0f', at))
end
return 1
