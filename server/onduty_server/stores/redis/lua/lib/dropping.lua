-- Deletes the keys of an account, a bounded number a call. Uses `sums`.

-- Delete the keys of a scope.
local function drop_scope(scope)
  for queue = 1, QUEUES do
    redis.call('UNLINK', queue_key(scope, queue))
  end
  for count = 1, ENGAGEMENTS_MAX do
    redis.call('UNLINK', engaged_key(scope, count))
  end
  redis.call('UNLINK', members_key(scope), ends_key(scope), online_key(scope))
end

-- Remove an account from the news, whose entries stay in memory until a whole block of them is deleted; say again which of
-- the others had news.
local function drop_news(id)
  local others, seen = {}, { [id] = true }
  for _, entry in ipairs(redis.call('XRANGE', P .. 'news', '-', '+')) do
    local other = entry[2][2]
    if not seen[other] then
      seen[other] = true
      others[#others + 1] = other
    end
  end
  redis.call('XTRIM', P .. 'news', 'MAXLEN', 0)
  for _, other in ipairs(others) do
    redis.call('XADD', P .. 'news', '*', 'a', other)
  end
end

-- Delete what an account with so many positions has, but its hash, going on at a position. Returns the position at which to
-- go on, nil when all is deleted.
local function drop_keys(account, length, at, budget)
  local id = account.id
  local till = math.min(length, at + budget)
  local days = redis.call('ZRANGE', P .. 'w:' .. id, 0, -1)
  for position = at, till - 1 do
    if position % SUMS_CHUNK == 0 then
      for _, day in ipairs(days) do
        redis.call('UNLINK', sums_key(id, day, position / SUMS_CHUNK))
      end
    end
    redis.call('UNLINK', words_key(id, position))
    if position % ORDER_CHUNK == 0 then
      redis.call('UNLINK', order_key(account, position))
    end
  end
  if till < length then
    return till
  end
  local teams = redis.call('ZRANGE', teams_key(account, 'k'), 0, math.floor(budget / 25))
  for _, team in ipairs(teams) do
    drop_scope({ id = id, key = id .. '\31' .. team, team = team })
    redis.call('ZREM', teams_key(account, 'k'), team)
  end
  if #teams > 0 then
    return till
  end
  drop_scope(account)
  for _, kind in ipairs({ 'u', 'd', 'e', 'c', 'i', 'j', 'y', 'p', 't', 'k', 'b', 'f', 'l', 'n', 'h', 'H', 'V', 'v', 'w' }) do
    redis.call('UNLINK', P .. kind .. ':' .. id)
  end
  return nil
end
