--! uses: partition, account, layers, index, words, commit
-- Write the settings of an account (compare and set). It is no change of the account's history.
--
-- ARGV: time, account, workflow of a new account (empty: the account is there), expected time zone (empty: none was written),
-- time zone
-- Returns {1, now, 1 when the account was created}, {0, now} when what is there is something else, or {-1} when a heartbeat
-- must come first.
local ended, account, now = begin(ARGV[2], true)
if ended then
  return ended
end
local key, is_new = P .. 'a:' .. ARGV[2], ARGV[3] ~= ''
if (account == nil) ~= is_new or (redis.call('HGET', key, 'tz') or '') ~= ARGV[4] then
  return { 0, now }
end
if is_new then
  finish(create_account(ARGV[2], ARGV[3]), now)
end
redis.call('HSET', key, 'tz', ARGV[5])
return { 1, now, is_new and 1 or 0 }
