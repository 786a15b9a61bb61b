--! uses: partition
-- Write an account of another store, without its users and events, which follow. Its partition takes over its heartbeat,
-- or keeps its own if that is later.
--
-- ARGV: time, account, revision, workflow, past policies, when it was last changed, beat, horizon, floor
-- Returns 1, or 0 when the account is there already.
if redis.call('SADD', P .. 'accounts', ARGV[2]) == 0 then
  return 0
end
local beat, horizon, floor = vital()
redis.call(
  'HSET',
  META,
  'beat',
  string.format('%.0f', math.max(beat or 0, tonumber(ARGV[7]))),
  'horizon',
  string.format('%.0f', math.max(horizon or 0, tonumber(ARGV[8]))),
  'floor',
  string.format('%.0f', math.max(floor or 0, tonumber(ARGV[9])))
)
redis.call('HSET', P .. 'a:' .. ARGV[2], 'rev', ARGV[3], 'w', ARGV[4], 't', ARGV[6], 'v', 3)
if ARGV[5] ~= '' then
  redis.call('HSET', P .. 'a:' .. ARGV[2], 'past', ARGV[5], 'scan', 0)
end
return 1
