--! uses: partition, account, layers, index, words, commit, settings
-- Write the next events of an account of another store.
--
-- ARGV: time, account, commit time of the first, then for each event: revision, user, body (of a workflow: with the names)
-- Returns 1.
local account = load_account(ARGV[2])
local before = redis.call('XREVRANGE', P .. 'e:' .. account.id, '+', '-', 'COUNT', 1)[1]
local last = before and tonumber(string.match(before[1], '^%d+')) or -1
for i = 4, #ARGV, 3 do
  local revision, user, body = tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2]
  local kind, position = struct.unpack('>BI4', body)
  local head, tail = string.sub(body, 1, EVENT_TAIL - 1), string.sub(body, EVENT_TAIL)
  if kind == WORKFLOW_EVENT then
    tail = history_of(account, tail)
    keep_workflow(account.id, revision, tail)
  else
    tail = keep_words(account, user, position, revision, tail)
  end
  if revision ~= last + 1 then
    redis.call('HSET', P .. 'a:' .. account.id, 'summed', string.format('%.0f', revision - 1))
  end
  last = revision
  redis.call('XADD', P .. 'e:' .. account.id, string.format('%.0f-0', revision), 'e', head .. tail)
end
redis.call('ZADD', P .. 'history', 'NX', ARGV[3], account.id)
return 1
