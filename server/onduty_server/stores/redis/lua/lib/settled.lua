-- Tells up to when everything that was effective has been recorded. Uses `index`.
--
-- While users are looked at whom a past policy may concern, nobody knows when they were due. So `due` of the account's hash has
-- a time before which nothing was due when the first of the past policies was replaced.
local TEAMS_MAX = 100

-- Return the earliest of `first` and of when a period of a user of the scope is over.
local function earliest_due(scope, floor, first)
  for queue, period in ipairs(queues(scope)) do
    local head = period > 0 and redis.call('ZRANGE', queue_key(scope, queue), 0, 0, 'WITHSCORES')[2]
    if head then
      first = math.min(first, due_at(queue, tonumber(head), workflow_of(scope), floor))
    end
  end
  return first
end

-- As `earliest_due`, of the users of all teams.
local function earliest_due_in_teams(account, floor, now, first)
  local teams = redis.call('ZRANGEBYSCORE', teams_key(account, 't'), '-inf', now, 'WITHSCORES', 'LIMIT', 0, TEAMS_MAX)
  for i = 1, #teams, 2 do
    first = earliest_due(scope_of(account, teams[i]), floor, first)
  end
  if #teams == 2 * TEAMS_MAX then
    -- A team has nothing due before its score, unless it has yet to be told of a change of the account's workflow.
    first = math.min(first, tonumber(teams[#teams]))
  end
  if account.rest then
    first = math.min(first, math.max(workflow_of(account).enabled_time, workflow_of(account).thresholds_since))
  end
  return first
end

-- Return true if there are users who have yet to be looked at because of a past policy.
local function has_unseen(account)
  return (account.past ~= '' and account.scan < next_position(account))
    or (account.own > 0 and redis.call('ZCOUNT', teams_key(account, 'b'), 0, 0) > 0)
end

-- Return a time, now at the latest, before which nothing was due that is not recorded.
local function due_from(account, floor, now)
  local first = earlier(now, overdue_key(account))
  if is_layered(account) then
    first = earlier(first, ends_key(account))
  end
  first = earliest_due(account, floor, first)
  if account.people then
    first = earliest_due_in_teams(account, floor, now, first)
  end
  if has_unseen(account) then
    first = math.min(first, tonumber(redis.call('HGET', P .. 'a:' .. account.id, 'due') or 0))
  end
  return first
end

-- Remember it before a policy is replaced under which something is due.
local function remember_due(account, floor, now)
  if not has_past(account) then
    redis.call('HSET', P .. 'a:' .. account.id, 'due', string.format('%.0f', due_from(account, floor, now)))
  end
end
