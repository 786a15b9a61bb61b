--! uses: full, partition, account, layers, index
-- Find a time before which all that was effective has been recorded. It is a promise, as that of `settled_until.lua`.
--
-- ARGV: time, account, budget
-- Returns {1, time}; {0, now} when more users must be looked at before there is one, {-1} when a heartbeat must come first.
local TEAMS_MAX = 100
local ended, account, now, floor = begin(ARGV[2], true)
if ended then
  return ended
end
write_although_full()

-- Return the earliest of `first` and of when a period of a user of the scope is over.
local function earliest_due(scope, first)
  for queue, period in ipairs(queues(scope)) do
    local head = period > 0 and redis.call('ZRANGE', queue_key(scope, queue), 0, 0, 'WITHSCORES')[2]
    if head then
      first = math.min(first, due_at(queue, tonumber(head), workflow_of(scope), floor))
    end
  end
  return first
end

-- As `earliest_due`, of the users of all teams.
local function earliest_due_in_teams(first)
  local teams = redis.call('ZRANGEBYSCORE', teams_key(account, 't'), '-inf', now, 'WITHSCORES', 'LIMIT', 0, TEAMS_MAX)
  for i = 1, #teams, 2 do
    first = earliest_due(scope_of(account, teams[i]), first)
  end
  -- A team has nothing due before its score.
  return #teams < 2 * TEAMS_MAX and first or math.min(first, tonumber(teams[#teams]))
end

-- Return true if a past policy may have made something due of users who have not been looked at.
local function has_unseen(rest)
  return rest
    or (account.past ~= '' and account.scan < next_position(account))
    or (account.own > 0 and redis.call('ZCOUNT', teams_key(account, 'b'), 0, 0) > 0)
end

local settled = now
if account then
  local complete = collect(account, floor, now, tonumber(ARGV[3]))
  reschedule(account, floor, now)
  if has_unseen(account.rest) then
    return { 0, now }
  end
  settled = earlier(settled, overdue_key(account))
  if is_layered(account) then
    settled = earlier(settled, ends_key(account))
  end
  if not complete then
    settled = earliest_due(account, settled)
    settled = account.people and earliest_due_in_teams(settled) or settled
  end
end
-- As there, the partition's time never goes back behind it.
if floor and settled > told then
  redis.call('HSET', META, 'told', string.format('%.0f', settled))
end
return { 1, settled }
