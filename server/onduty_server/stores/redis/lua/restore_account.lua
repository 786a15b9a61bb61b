--! uses: partition, account, layers, index, words, commit, settings
-- Write an account of another store, without its users and events, which follow. Its partition takes over its heartbeat,
-- or keeps its own if that is later.
--
-- ARGV: time, account, revision, workflow, past policies, when it was last changed, beat, horizon, floor,
-- since when reports know all, time zone, then for each team
-- that has, or has had, a workflow of its own: team, workflow, past policies, 1 when it follows the account's
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
local key = P .. 'a:' .. ARGV[2]
redis.call('HSET', key, 'rev', ARGV[3], 'w', ARGV[4], 't', ARGV[6], 'v', 4, 'summed', ARGV[3], 'known', ARGV[10], 'tz', ARGV[11])
if ARGV[5] ~= '' then
  redis.call('HSET', key, 'past', ARGV[5], 'scan', 0)
end
local account = load_account(ARGV[2])
-- Give the names in them numbers, by which an erasure knows that they are there.
history_of(account, account.w)
for _, past in ipairs(past_policies(account)) do
  history_of(account, past.raw)
end
for i = 12, #ARGV, 4 do
  account.own = account.own + 1
  set_more(account.id, 'people', 1)
  set_more(account.id, 'own', account.own)
  write_team(account, ARGV[i], ARGV[i + 1], ARGV[i + 2])
  redis.call('ZADD', teams_key(account, 'k'), 0, ARGV[i])
  if ARGV[i + 3] == '1' then
    redis.call('SADD', teams_key(account, 'f'), ARGV[i])
  end
  history_of(account, ARGV[i + 1])
  for _, past in ipairs(past_policies({ past = ARGV[i + 2] })) do
    history_of(account, past.raw)
  end
end
return 1
