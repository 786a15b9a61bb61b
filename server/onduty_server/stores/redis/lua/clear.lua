--! uses: partition, account, layers, index, words, sums, dropping
-- Delete what an unfinished copy has written, a bounded number of accounts a call.
--
-- ARGV: time, how many accounts
-- Returns how many there are left.
local ids = redis.call('SRANDMEMBER', P .. 'accounts', ARGV[2])
for _, id in ipairs(ids) do
  local gone = tonumber(redis.call('HGET', P .. 'a:' .. id, 'gone') or 0)
  local account = { id = id, key = id, team = '', users = P .. 'u:' .. id, gone = gone }
  local length = next_position(account)
  local at = drop_keys(account, length, 0, 1000)
  while at do
    at = drop_keys(account, length, at, 1000)
  end
  redis.call('UNLINK', P .. 'a:' .. id)
  redis.call('SREM', P .. 'accounts', id)
end
local left = redis.call('SCARD', P .. 'accounts')
if left == 0 then
  redis.call('UNLINK', META, DUE, P .. 'history', P .. 'edged', P .. 'summed', P .. 'excess')
  redis.call('UNLINK', P .. 'news', P .. 'first', P .. 'erasing', P .. 'dropping')
end
return left
