-- The index (docs/internals.md). A scope is a team, or those of an account who have none. Per scope, sorted sets of users:
--
-- - `q1` to `q7`, by a lower bound of what a period is counted from. By `own_clock`: ONLINE (1), AWAY by hand (2), AWAY by
--   inactivity (3), own status ONLINE but shown as gone (4), ONLINE until an end, waiting for no period (5). By the end of
--   the last session: connected (6), and shown AWAY since they are not (7).
-- - `m`, the members of a team, by position.
--
-- Per account, of everybody, and again for each team:
--
-- - `x`, by the end of their status. It does not depend on the workflow.
-- - `s`, those shown ONLINE by status_since; and of these, in `g1` and so on, those with at least that many engagements, by
--   a lower bound of the time until which they have as many.
--
-- Per account:
--
-- - `d`, those known to have something due, by when it is due, or earlier.
-- - `l`, those in `s` who have a team, by a lower bound of `own_clock`.
-- - `t`, teams by a lower bound of when a period of one of their users is over; those of whom none will be are not there.
-- - `k`, all teams that have users or have had a workflow of their own, in the order of their ids.
-- - `b`, teams with past policies of their own: 0 while their users are looked at, then 1. `f`, those that follow the
--   account's workflow again.
--
-- Invariants: a user is in the queues of their record or is in `d`, never both; a bound is never above what it bounds; one
-- in `d` is in none of `s`, `g` and `l`. So whoever is in `s`, and not in `x` with an end that has passed, is ONLINE; of those
-- with an end that has passed, only `domain/` can say. Members are positions, so that among equals users come in the
-- order in which they were first seen. A position is never given again; at that of
-- somebody erased there is 0 and the revision of the erasure in place of the id.
local QUEUES, ENGAGEMENTS_MAX = 7, 20
local function member_of(position)
  return struct.pack('>I4', position)
end

local function queue_key(scope, queue)
  return P .. 'q' .. queue .. ':' .. scope.key
end

local function online_key(scope)
  return P .. 's:' .. scope.key
end

local function overdue_key(account)
  return P .. 'd:' .. account.id
end

local function ends_key(scope)
  return P .. 'x:' .. scope.key
end

local function engaged_key(scope, count)
  return P .. 'g' .. count .. ':' .. scope.key
end

local function members_key(scope)
  return P .. 'm:' .. scope.key
end

local function teams_key(account, kind)
  return P .. kind .. ':' .. account.id
end

-- Return the scopes in whose `x`, `s` and `g` a user of the scope is.
local function views_of(scope)
  return scope.team == '' and { scope } or { scope.account, scope }
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

-- Return the position of the next new user: as many have had one.
local function next_position(account)
  return user_count(account) + account.gone
end

-- Return the users at the next places, up to `count` of them, those who were erased included.
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

-- Return true if a user of the scope has layers by which the index may find them; so others pay for one call.
local function is_layered(scope)
  if scope.layered == nil then
    local keys = { ends_key(scope) }
    for queue = HIDDEN_QUEUE, QUEUES do
      keys[#keys + 1] = queue_key(scope, queue)
    end
    scope.layered = redis.call('EXISTS', unpack(keys)) > 0
  end
  return scope.layered
end

-- Return the queues in which there may be users, with their periods.
local function queues(scope)
  local periods = workflow_of(scope).periods
  return is_layered(scope) and periods or { unpack(periods, 1, HIDDEN_QUEUE - 1) }
end

-- Return users whose status has ended, up to `count` of them.
local function ended_members(scope, now, count)
  return is_layered(scope) and redis.call('ZRANGEBYSCORE', ends_key(scope), '-inf', now, 'LIMIT', 0, count) or {}
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
local function past_policies(scope)
  if not scope.pasts then
    scope.pasts = {}
    local at = 1
    while at <= #scope.past do
      local past = {}
      local length
      past.floor, past['until'], past.last_revision, length, at = struct.unpack(PAST, scope.past, at)
      past.raw = string.sub(scope.past, at, at + length - 1)
      past.workflow = read_workflow(past.raw)
      at = at + length
      scope.pasts[#scope.pasts + 1] = past
    end
  end
  return scope.pasts
end

-- Return the past policies of a scope with the present one added.
local function with_past(scope, floor, now)
  return scope.past .. struct.pack(PAST, floor, now, scope.account.rev, #scope.w) .. scope.w
end

-- Return when the first period of a user was over, under a past policy or the present one; nil if none is.
local function overdue_since(scope, floor, record, now)
  local first = nil
  for _, past in ipairs(past_policies(scope)) do
    if record.revision <= past.last_revision then
      first = first_due(record, past.workflow, past.floor, past['until'], first)
    end
  end
  return first_due(record, workflow_of(scope), floor, now, first)
end

local function flag_overdue(scope, record, member, score)
  for _, queue in pairs({ record.queue, record.connection_queue }) do
    redis.call('ZREM', queue_key(scope, queue), member)
  end
  redis.call('ZADD', overdue_key(scope), score, member)
  if record.online then
    for _, view in ipairs(views_of(scope)) do
      redis.call('ZREM', online_key(view), member)
      for count = 1, #record.ends do
        redis.call('ZREM', engaged_key(view, count), member)
      end
    end
    if scope.team ~= '' then
      redis.call('ZREM', teams_key(scope, 'l'), member)
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

-- Return true if the policy of the account or of a team has past ones.
local function has_past(account)
  return account.past ~= '' or (account.own > 0 and redis.call('EXISTS', teams_key(account, 'b')) == 1)
end

-- Move those of the users to the overdue who have something due and whose policy is that of the scope, or is not their
-- team's own where no scope is given.
local function flag_due(account, only, users, floor, now)
  for _, raw in ipairs(redis.call('HMGET', account.users, unpack(users))) do
    if raw then
      local record = read_record(raw)
      local scope = only or scope_of(account, record.team)
      local since = (only or not scope.has_own) and overdue_since(scope, floor, record, now)
      if since then
        local member = string.sub(raw, 26, 29)
        if not redis.call('ZSCORE', overdue_key(account), member) then
          flag_overdue(scope, record, member, since)
        end
      end
    end
  end
end

-- Look once at every user whom a past policy of the account may concern; false if there may be more.
local function scan_past(account, floor, now, budget)
  local length = next_position(account)
  while account.scan < length do
    if budget <= 0 then
      redis.call('HSET', P .. 'a:' .. account.id, 'scan', account.scan)
      return false
    end
    local users = users_from(account, account.scan, math.min(budget, 100))
    flag_due(account, nil, users, floor, now)
    account.scan = account.scan + #users
    budget = budget - #users
  end
  redis.call('HSET', P .. 'a:' .. account.id, 'scan', account.scan)
  return budget
end

-- As `scan_past`, of the members of a team that has past policies of its own.
local function scan_team_past(scope, floor, now, budget)
  local account, key, field = scope.account, members_key(scope), 'scan:' .. scope.team
  while true do
    if budget <= 0 then
      redis.call('HSET', P .. 'a:' .. account.id, field, scope.scan)
      return false
    end
    local members = redis.call('ZRANGEBYSCORE', key, scope.scan, '+inf', 'LIMIT', 0, math.min(budget, 100))
    if #members == 0 then
      redis.call('HDEL', P .. 'a:' .. account.id, field)
      redis.call('ZADD', teams_key(account, 'b'), 1, scope.team)
      return budget - 1
    end
    flag_due(account, scope, users_of(account, members), floor, now)
    scope.scan = struct.unpack('>I4', members[#members]) + 1
    budget = budget - #members
  end
end

-- Move users of a scope of whom a period is over at `now` to the overdue; false if there may be more.
--
-- Each user costs one look per period, however active: one who has been active since goes back with the true bound.
local function collect_queues(scope, floor, now, budget)
  local base = math.max(workflow_of(scope).enabled_time, floor)
  for queue, period in ipairs(queues(scope)) do
    if period > 0 and base + period <= now then
      local key, cutoff = queue_key(scope, queue), now - period
      while true do
        local members = redis.call('ZRANGEBYSCORE', key, '-inf', cutoff, 'LIMIT', 0, math.max(1, math.min(budget, 100)))
        if #members == 0 then
          break
        end
        if budget <= 0 then
          return false
        end
        budget = budget - #members
        local raws = redis.call('HMGET', scope.users, unpack(users_of(scope, members)))
        for i, member in ipairs(members) do
          local bound = bound_of(raws[i], queue)
          if bound > cutoff then
            redis.call('ZADD', key, bound, member)
          else
            local record, workflow = read_record(raws[i]), workflow_of(scope)
            flag_overdue(scope, record, member, first_due(record, workflow, floor, now) or bound + period)
          end
        end
      end
    end
  end
  return budget
end

-- Return a lower bound of when a period of a user of the scope is over, or nil.
local function earliest_in_queues(scope, floor)
  local base, first = math.max(workflow_of(scope).enabled_time, floor), nil
  for queue, period in ipairs(queues(scope)) do
    if period > 0 then
      local head = redis.call('ZRANGE', queue_key(scope, queue), 0, 0, 'WITHSCORES')
      if head[1] then
        local due = math.max(tonumber(head[2]), base) + period
        first = first and math.min(first, due) or due
      end
    end
  end
  return first
end

-- Remember that a team's queues have changed.
local function touch_team(scope)
  if scope.team ~= '' then
    scope.account.touched = scope.account.touched or {}
    scope.account.touched[scope] = true
  end
end

local function reschedule_team(scope, floor)
  local due = earliest_in_queues(scope, floor)
  if due then
    redis.call('ZADD', teams_key(scope, 't'), due, scope.team)
  else
    redis.call('ZREM', teams_key(scope, 't'), scope.team)
  end
end

-- After a change of the account's workflow, find out when its teams are due; false if there may be more.
local function reschedule_rest(account, floor, budget)
  while account.rest do
    local from = account.rest == '' and '-' or '(' .. account.rest
    local teams = redis.call('ZRANGEBYLEX', teams_key(account, 'k'), from, '+', 'LIMIT', 0, 100)
    for _, team in ipairs(teams) do
      reschedule_team(scope_of(account, team), floor)
    end
    budget = budget - #teams
    if #teams < 100 then
      redis.call('HDEL', P .. 'a:' .. account.id, 'rest')
      account.rest = false
    else
      account.rest = teams[#teams]
      if budget <= 0 then
        redis.call('HSET', P .. 'a:' .. account.id, 'rest', account.rest)
        return false
      end
    end
  end
  return budget
end

-- As `collect`, for the teams of an account.
local function collect_teams(account, floor, now, budget)
  budget = reschedule_rest(account, floor, budget)
  while budget and account.own > 0 do
    local team = redis.call('ZRANGEBYSCORE', teams_key(account, 'b'), 0, 0, 'LIMIT', 0, 1)[1]
    if not team then
      break
    end
    budget = scan_team_past(scope_of(account, team), floor, now, budget)
  end
  while budget do
    local teams = redis.call('ZRANGEBYSCORE', teams_key(account, 't'), '-inf', now, 'LIMIT', 0, 20)
    for _, team in ipairs(teams) do
      local scope = scope_of(account, team)
      budget = budget > 0 and collect_queues(scope, floor, now, budget)
      if not budget then
        return false
      end
      reschedule_team(scope, floor)
      budget = budget - 1
    end
    if #teams == 0 then
      break
    end
  end
  return budget
end

-- Move users of whom a period is over at `now` to the overdue, looking at up to `budget` users; false if there may be more.
-- With `team`, only users of that team.
local function collect(account, floor, now, budget, team)
  local only = team and scope_of(account, team)
  if account.past ~= '' and not (only and only.has_own) then
    budget = scan_past(account, floor, now, budget)
  end
  if only then
    if budget and only.has_own and redis.call('ZSCORE', teams_key(account, 'b'), team) == '0' then
      budget = scan_team_past(only, floor, now, budget)
    end
    return budget and collect_queues(only, floor, now, budget) and true or false
  end
  budget = budget and collect_queues(account, floor, now, budget)
  if budget and account.people then
    budget = collect_teams(account, floor, now, budget)
  end
  return budget and true or false
end

-- Return the lesser of a score and the least in a sorted set.
local function earlier(first, key)
  local head = tonumber(redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2])
  return head and first and math.min(first, head) or head or first
end

-- Return a lower bound of when the account has something due, or nil; `now` if it has already.
local function earliest(account, floor, now)
  if account.rest or has_past(account) or redis.call('EXISTS', overdue_key(account)) == 1 then
    return now
  end
  local first = earliest_in_queues(account, floor)
  if is_layered(account) then
    first = earlier(first, ends_key(account))
  end
  if account.people then
    first = earlier(first, teams_key(account, 't'))
  end
  return first
end

local function reschedule(account, floor, now)
  for scope in pairs(account.touched or NO_MORE) do
    reschedule_team(scope, floor)
  end
  local due = earliest(account, floor, now)
  if due then
    redis.call('ZADD', DUE, due, account.id)
  else
    redis.call('ZREM', DUE, account.id)
  end
end

-- Drop the past policies once every user has been looked at and all that was due under them has been recorded.
local function forget_past(account, now)
  if not has_past(account) or has_overdue(account, now) then
    return
  end
  if account.past ~= '' then
    redis.call('HDEL', P .. 'a:' .. account.id, 'past', 'scan')
    account.past, account.pasts = '', nil
  end
  if account.own > 0 then
    for _, team in ipairs(redis.call('ZRANGEBYSCORE', teams_key(account, 'b'), 1, 1, 'LIMIT', 0, 100)) do
      redis.call('HDEL', P .. 'a:' .. account.id, 'past:' .. team)
      redis.call('ZREM', teams_key(account, 'b'), team)
      account.scopes = nil
    end
  end
end
