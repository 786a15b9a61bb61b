--! uses: full, partition, account, layers, index
-- Find the users who are ONLINE at one instant, and who have fewer engagements than are asked for.
--
-- ARGV: time, account, order (1: longest available, 2: most recently active, 3: longest idle), limit, budget, the number of
-- engagements from which on users are left out (0: never)
-- Returns {0, now, floor, workflow, past, how many there are, {user, record, ...}, {user, record, ...} of those whose status
-- has ended, which is not recorded yet, and who are not among the others}, {1} when there is no such account, {2} when there is
-- more to look at first, {3, ...} with all who are ONLINE, whatever their engagements, when they are few enough to be sorted by
-- the caller, {4} when they are not, {5} when the status of too many has ended, so that some must be recorded first, or {-1}
-- when a heartbeat must come first.
local SORTED_MAX = 2000
local ended, account, now, floor = begin(ARGV[2])
if ended then
  return ended
end
if not account then
  return { 1, now }
end
local order, limit, budget, engagements = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
write_although_full()
local workflow = read_workflow(account.w)
local complete = collect(account, workflow, floor, now, budget)
reschedule(account, workflow, floor, now)
if not complete then
  return { 2, now }
end
local online = online_key(account)
local total = redis.call('ZCARD', online)
if order == '2' and total > SORTED_MAX then
  return { 4, now }
end
local over = ended_members(account, now, SORTED_MAX + 1)
if #over > SORTED_MAX then
  return { 5, now }
end

-- Return the scores of members, false for each who is not there.
local function scores_of(key, members)
  return #members > 0 and redis.call('ZMSCORE', key, unpack(members)) or {}
end

local function records_of(members)
  return #members > 0 and redis.call('HMGET', account.users, unpack(users_of(account, members))) or {}
end

-- Make exact until when users have too many engagements, as far as a bound of it has passed; return their sorted set.
local function correct_engaged()
  local key = engaged_key(account, engagements)
  while true do
    local members = redis.call('ZRANGEBYSCORE', key, '-inf', now, 'LIMIT', 0, 100)
    for i, raw in ipairs(records_of(members)) do
      local till = read_record(raw).ends[engagements]
      if till and till > now then
        redis.call('ZADD', key, till, members[i])
      else
        redis.call('ZREM', key, members[i])
      end
    end
    budget = budget - #members
    if #members < 100 then
      return key
    elseif budget <= 0 then
      return nil
    end
  end
end

local busy = nil
if engagements > 0 and order ~= '2' then
  busy = correct_engaged()
  if not busy then
    return { 2, now }
  end
  total = total - redis.call('ZCARD', busy)
end
local is_over = {}
for i, score in ipairs(scores_of(online, over)) do
  is_over[over[i]] = true
  total = score and total - 1 or total
end
if busy then
  -- Both of the sums above have taken away those who are busy and whose status has ended.
  for _, score in ipairs(scores_of(busy, over)) do
    total = score and total + 1 or total
  end
end

-- Add those of `members` who are to be listed to `listed`, up to the limit, each with the score.
local function list(listed, members, scores)
  local engaged = busy and scores_of(busy, members) or {}
  for i, member in ipairs(members) do
    if #listed < limit and not is_over[member] and not engaged[i] then
      listed[#listed + 1] = { member, scores and scores[i] }
    end
  end
end

-- Return the first users of a queue who are to be listed, after making exact the bounds up to there; nil if there is more to
-- look at.
local function longest_idle(queue)
  local key, listed, rank = queue_key(account, queue), {}, 0
  while #listed < limit do
    local members, scores, stale = {}, {}, 0
    local chunk = redis.call('ZRANGE', key, rank, rank + limit - 1, 'WITHSCORES')
    for i = 1, #chunk, 2 do
      members[#members + 1], scores[#scores + 1] = chunk[i], tonumber(chunk[i + 1])
    end
    for i, raw in ipairs(records_of(members)) do
      local clock = bound_of(raw, queue)
      if clock > scores[i] then
        redis.call('ZADD', key, clock, members[i])
        stale = stale + 1
      end
    end
    if stale == 0 then
      list(listed, members, scores)
      rank = rank + #members
      if #members < limit then
        break
      end
    end
    budget = budget - stale
    if budget <= 0 then
      return nil
    end
  end
  return listed
end

local status, members = 0, {}
if order == '1' then
  local listed, rank = {}, 0
  while #listed < limit do
    local chunk = redis.call('ZRANGE', online, rank, rank + limit - 1)
    list(listed, chunk)
    rank = rank + #chunk
    if #chunk < limit then
      break
    end
  end
  for i, entry in ipairs(listed) do
    members[i] = entry[1]
  end
elseif order == '2' then
  status = 3
  for _, member in ipairs(redis.call('ZRANGE', online, 0, -1)) do
    if not is_over[member] then
      members[#members + 1] = member
    end
  end
else
  local waiting, until_end = longest_idle(ONLINE_QUEUE), {}
  if is_layered(account) then
    until_end = longest_idle(UNTIL_QUEUE)
  end
  if not waiting or not until_end then
    return { 2, now }
  end
  local i, j = 1, 1
  while #members < limit and (waiting[i] or until_end[j]) do
    local a, b = waiting[i], until_end[j]
    if not b or (a and (a[2] < b[2] or (a[2] == b[2] and a[1] < b[1]))) then
      members[#members + 1], i = a[1], i + 1
    else
      members[#members + 1], j = b[1], j + 1
    end
  end
end
local found = with_records(account, users_of(account, members))
return { status, now, floor, account.w, account.past, total, found, with_records(account, users_of(account, over)) }
