-- The index by last activity (docs/internals.md). Per account: three sorted sets of users by a lower bound of their
-- clock, one for each period that is waited for; one of those ONLINE by status_since; one of those known to have a
-- timed switch that is due. Invariants: a user in a state with a queue is in it or is overdue, never both; a bound is
-- never above the user's clock; an overdue user is not among those ONLINE. Members are positions, so that among equals
-- users come in the order in which they were first seen.
local function member_of(position)
  return struct.pack('>I4', position)
end

local function queue_key(account, queue)
  return P .. 'q' .. queue .. ':' .. account.id
end

local function online_key(account)
  return P .. 's:' .. account.id
end

local function overdue_key(account)
  return P .. 'd:' .. account.id
end

-- Ids are kept once, in the order in which users were first seen, in short lists that allow fast access to any position.
-- Ids as members of the indexes would cost a hundred bytes more per user.
local ORDER_CHUNK = 128

local function order_key(account, position)
  return P .. 'o' .. math.floor(position / ORDER_CHUNK) .. ':' .. account.id
end

local function user_count(account)
  return redis.call('HLEN', account.users)
end

-- Return the users at the next places, up to `count` of them.
local function users_from(account, position, count)
  local users = {}
  while count > 0 do
    local first = position % ORDER_CHUNK
    local last = math.min(first + count, ORDER_CHUNK) - 1
    local found = redis.call('LRANGE', order_key(account, position), first, last)
    for _, user in ipairs(found) do
      users[#users + 1] = user
    end
    if #found <= last - first then
      break
    end
    position, count = position + #found, count - #found
  end
  return users
end

local function users_of(account, members)
  local users = {}
  for i, member in ipairs(members) do
    local position = struct.unpack('>I4', member)
    users[i] = redis.call('LINDEX', order_key(account, position), position % ORDER_CHUNK)
  end
  return users
end

-- Return the past policies, oldest first.
local function past_policies(account)
  if not account.pasts then
    account.pasts = {}
    local at = 1
    while at <= #account.past do
      local past = {}
      local length
      past.floor, past['until'], past.last_revision, length, at = struct.unpack(PAST, account.past, at)
      past.workflow = read_workflow(string.sub(account.past, at, at + length - 1))
      at = at + length
      account.pasts[#account.pasts + 1] = past
    end
  end
  return account.pasts
end

-- Return true if a timed switch of the record is due, under a past policy or the present one.
local function is_overdue(account, workflow, floor, raw, now)
  local state, _, _, clock, revision = struct.unpack(RECORD, raw)
  for _, past in ipairs(past_policies(account)) do
    local due = revision <= past.last_revision and due_at(state, clock, past.workflow, past.floor)
    if due and due <= past['until'] then
      return true
    end
  end
  local due = due_at(state, clock, workflow, floor)
  return due ~= nil and due <= now
end

local function flag_overdue(account, queue, member, score)
  redis.call('ZREM', queue_key(account, queue), member)
  redis.call('ZADD', overdue_key(account), score, member)
  if queue == ONLINE_QUEUE then
    redis.call('ZREM', online_key(account), member)
  end
end

-- Move users who are due at `now` to the overdue, looking at up to `budget` users; false if there may be more.
--
-- Each user costs one look per period, however active: one who has been active since goes back with the true clock.
local function collect(account, workflow, floor, now, budget)
  if account.past ~= '' then
    -- A past policy may concern any user: look at every user once.
    local length = user_count(account)
    while account.scan < length do
      if budget <= 0 then
        redis.call('HSET', P .. 'a:' .. account.id, 'scan', account.scan)
        return false
      end
      local users = users_from(account, account.scan, math.min(budget, 100))
      local raws = redis.call('HMGET', account.users, unpack(users))
      for i, user in ipairs(users) do
        local queue = QUEUE_OF_STATE[string.byte(raws[i], 1)]
        if queue and is_overdue(account, workflow, floor, raws[i], now) then
          local member = member_of(account.scan + i - 1)
          if redis.call('ZSCORE', queue_key(account, queue), member) then
            flag_overdue(account, queue, member, 0)
          end
        end
      end
      account.scan = account.scan + #users
      budget = budget - #users
    end
    redis.call('HSET', P .. 'a:' .. account.id, 'scan', account.scan)
  end
  local base = math.max(workflow.enabled_time, floor)
  for queue, period in ipairs(workflow.periods) do
    if period > 0 and base + period <= now then
      local key, cutoff = queue_key(account, queue), now - period
      while true do
        local members = redis.call('ZRANGEBYSCORE', key, '-inf', cutoff, 'LIMIT', 0, math.max(1, math.min(budget, 100)))
        if #members == 0 then
          break
        end
        if budget <= 0 then
          return false
        end
        budget = budget - #members
        local raws = redis.call('HMGET', account.users, unpack(users_of(account, members)))
        for i, member in ipairs(members) do
          local _, _, _, clock = struct.unpack(RECORD, raws[i])
          if clock > cutoff then
            redis.call('ZADD', key, clock, member)
          else
            flag_overdue(account, queue, member, clock)
          end
        end
      end
    end
  end
  return true
end

-- Return a lower bound of when the account has something due, or nil; `now` if it has already.
local function earliest(account, workflow, floor, now)
  if account.past ~= '' or redis.call('EXISTS', overdue_key(account)) == 1 then
    return now
  end
  local base, first = math.max(workflow.enabled_time, floor), nil
  for queue, period in ipairs(workflow.periods) do
    if period > 0 then
      local head = redis.call('ZRANGE', queue_key(account, queue), 0, 0, 'WITHSCORES')
      if head[1] then
        local due = math.max(tonumber(head[2]), base) + period
        first = first and math.min(first, due) or due
      end
    end
  end
  return first
end

local function reschedule(account, workflow, floor, now)
  local due = earliest(account, workflow, floor, now)
  if due then
    redis.call('ZADD', DUE, due, account.id)
  else
    redis.call('ZREM', DUE, account.id)
  end
end

-- Drop the past policies once every user has been looked at and all that was due under them has been recorded.
local function forget_past(account)
  if account.past ~= '' and redis.call('EXISTS', overdue_key(account)) == 0 then
    redis.call('HDEL', P .. 'a:' .. account.id, 'past', 'scan')
    account.past, account.pasts = '', nil
  end
end
