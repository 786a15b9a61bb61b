--! uses: partition, account, layers, index
-- Delete what an unfinished copy has written, a bounded number of accounts a call.
--
-- ARGV: time, how many accounts
-- Returns how many there are left.
local ids = redis.call('SRANDMEMBER', P .. 'accounts', ARGV[2])
for _, id in ipairs(ids) do
  local account = { id = id, users = P .. 'u:' .. id }
  for position = 0, user_count(account), ORDER_CHUNK do
    redis.call('UNLINK', order_key(account, position))
  end
  for queue = 1, QUEUES do
    redis.call('UNLINK', queue_key(account, queue))
  end
  for count = 1, ENGAGEMENTS_MAX do
    redis.call('UNLINK', engaged_key(account, count))
  end
  for _, kind in ipairs({ 'a', 'u', 'x', 's', 'd', 'e', 'c' }) do
    redis.call('UNLINK', P .. kind .. ':' .. id)
  end
  redis.call('SREM', P .. 'accounts', id)
end
local left = redis.call('SCARD', P .. 'accounts')
if left == 0 then
  redis.call('UNLINK', META, DUE, P .. 'history', P .. 'news')
end
return left
