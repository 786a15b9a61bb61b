-- The index (docs/internals.md). Per account, sorted sets of users:
--
-- - `q1` to `q7`, by a lower bound of what a period is counted from. By `own_clock`: ONLINE (1), AWAY by hand (2), AWAY by
--   inactivity (3), own status ONLINE but shown as gone (4), ONLINE until an end, waiting for no period (5). By the end of
--   the last session: connected (6), and shown AWAY since they are not (7).
-- - `x`, by the end of their status. It does not depend on the workflow.
-- - `s`, those shown ONLINE by status_since; and of these, in `g1` and so on, those with at least that many engagements, by
--   a lower bound of the time until which they have as many.
-- - `d`, those known to have something due, by when or earlier.
--
-- Invariants: a user is in the queues of their record or is in `d`, never both; a bound is never above what it bounds; one
-- in `d` is in none of `s` and `g`. So whoever is in `s`, and not in `x` with an end that has passed, is ONLINE; of those
-- with an end that has passed, only `domain/` can say. Members are positions, so that among equals users come in the
-- order in which they were first seen.
local QUEUES, ENGAGEMENTS_MAX = 7, 20
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

local function ends_key(account)
  return P .. 'x:' .. account.id
end

local function engaged_key(account, count)
  return P .. 'g' .. count .. ':' .. account.id
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

-- Return true if a user of the account has layers by which the index may find them; so others pay for one call.
local function is_layered(account)
  if account.layered == nil then
    local keys = { ends_key(account) }
    for queue = HIDDEN_QUEUE, QUEUES do
      keys[#keys + 1] = queue_key(account, queue)
    end
    account.layered = redis.call('EXISTS', unpack(keys)) > 0
  end
  return account.layered
end

-- Return the queues in which there may be users, with their periods.
local function queues(account, workflow)
  return is_layered(account) and workflow.periods or { unpack(workflow.periods, 1, HIDDEN_QUEUE - 1) }
end

-- Return users whose status has ended, up to `count` of them.
local function ended_members(account, now, count)
  return is_layered(account) and redis.call('ZRANGEBYSCORE', ends_key(account), '-inf', now, 'LIMIT', 0, count) or {}
end

-- Return what a user waits from in a queue.
local function bound_of(raw, queue)
  if string.byte(raw, 1) < FLAG then
    return (struct.unpack('>I6', raw, 14))
  end
  local record = read_record(raw)
  return queue == record.queue and record.own_clock or record.session_end
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

-- Return true if a period of the user is over, under a past policy or the present one.
local function is_overdue(account, workflow, floor, record, now)
  for _, past in ipairs(past_policies(account)) do
    if record.revision <= past.last_revision and is_due(record, past.workflow, past.floor, past['until']) then
      return true
    end
  end
  return is_due(record, workflow, floor, now)
end

local function flag_overdue(account, record, member, score)
  for _, queue in pairs({ record.queue, record.connection_queue }) do
    redis.call('ZREM', queue_key(account, queue), member)
  end
  redis.call('ZADD', overdue_key(account), score, member)
  if record.online then
    redis.call('ZREM', online_key(account), member)
    for count = 1, #record.ends do
      redis.call('ZREM', engaged_key(account, count), member)
    end
  end
end

-- Return users of whom something is due: first those whose status has ended, on whom reads of the available depend.
local function overdue_members(account, now, count)
  local members, ended = ended_members(account, now, count), {}
  for _, member in ipairs(members) do
    ended[member] = true
  end
  if #members < count then
    for _, member in ipairs(redis.call('ZRANGE', overdue_key(account), 0, count - 1)) do
      if #members < count and not ended[member] then
        members[#members + 1] = member
      end
    end
  end
  return members
end

local function has_overdue(account, now)
  return redis.call('EXISTS', overdue_key(account)) == 1 or #ended_members(account, now, 1) > 0
end

-- Move users of whom a period is over at `now` to the overdue, looking at up to `budget` users; false if there may be more.
--
-- Each user costs one look per period, however active: one who has been active since goes back with the true bound.
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
        local record = read_record(raws[i])
        if is_overdue(account, workflow, floor, record, now) then
          local member = member_of(account.scan + i - 1)
          if not redis.call('ZSCORE', overdue_key(account), member) then
            flag_overdue(account, record, member, 0)
          end
        end
      end
      account.scan = account.scan + #users
      budget = budget - #users
    end
    redis.call('HSET', P .. 'a:' .. account.id, 'scan', account.scan)
  end
  local base = math.max(workflow.enabled_time, floor)
  for queue, period in ipairs(queues(account, workflow)) do
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
          local bound = bound_of(raws[i], queue)
          if bound > cutoff then
            redis.call('ZADD', key, bound, member)
          else
            flag_overdue(account, read_record(raws[i]), member, bound + period)
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
  if is_layered(account) then
    first = tonumber(redis.call('ZRANGE', ends_key(account), 0, 0, 'WITHSCORES')[2])
  end
  for queue, period in ipairs(queues(account, workflow)) do
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
local function forget_past(account, now)
  if account.past ~= '' and not has_overdue(account, now) then
    redis.call('HDEL', P .. 'a:' .. account.id, 'past', 'scan')
    account.past, account.pasts = '', nil
  end
end
