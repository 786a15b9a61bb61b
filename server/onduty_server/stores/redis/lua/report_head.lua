--! uses: partition, account, layers, index
-- Read what a report begins with: what is known of an account, and the days of which it has sums.
--
-- ARGV: time, account
-- Returns {0, {form of the history, known, summed, unedged, the revision after which it began, its revision, how many positions there
-- are, 1 when somebody has a name or a team}, {day, ...}, {number, team, ...}} as in `lib/sums.lua`; {1} when there is no such
-- account.
local account = load_account(ARGV[2])
if not account then
  return { 1 }
end
local v = redis.call('HMGET', P .. 'a:' .. ARGV[2], 'v', 'known', 'summed', 'unedged', 'first')
local days = redis.call('ZRANGEBYSCORE', P .. 'w:' .. ARGV[2], '(' .. (v[2] or 0), '+inf')
local found = { v[1] or 1, v[2] or 0, v[3] or v[5] or 0, v[4] or 0, v[5] or 0, account.rev, next_position(account) }
found[8] = account.people and 1 or 0
return { 0, found, days, redis.call('HGETALL', P .. 'v:' .. ARGV[2]) }
