--! uses: full, partition, account, layers, index, words, commit
-- Begin to erase an account. From now on it is not there, and its id cannot be used before `drop_rest.lua` has ended.
--
-- ARGV: time, account
-- Returns {1, now} when it has begun, {2} when it had begun before, {0} when there is no such account, or {-1} when a heartbeat
-- must come first.
local id = ARGV[2]
local beat, horizon = vital()
local account = load_account(id)
local now = time_now(beat, account and account.committed)
if not horizon or now > horizon then
  return { -1, now }
end
if not account then
  return { redis.call('EXISTS', P .. 'z:' .. id) == 1 and 2 or 0, now }
end
write_although_full()
-- The time does not go back behind what the account was told.
redis.call('HSET', META, 'told', math.max(told, math.min(now, horizon)))
-- One more than it had, so that nothing that was given out for it belongs to the history that follows.
local first = math.max(tonumber(redis.call('GET', P .. 'first') or 0), account.rev + 1)
redis.call('SET', P .. 'first', string.format('%.0f', first))
local length = next_position(account)
redis.call('RENAME', P .. 'a:' .. id, P .. 'z:' .. id)
redis.call('HSET', P .. 'z:' .. id, 'length', length)
redis.call('SADD', P .. 'dropping', id)
redis.call('SREM', P .. 'erasing', id)
redis.call('SREM', P .. 'accounts', id)
redis.call('ZREM', DUE, id)
redis.call('ZREM', P .. 'history', id)
redis.call('ZREM', P .. 'edged', id)
redis.call('ZREM', P .. 'summed', id)
redis.call('SREM', P .. 'excess', id)
redis.call('XADD', P .. 'news', 'MAXLEN', '~', 1000, '*', 'a', id)
return { 1, now }
