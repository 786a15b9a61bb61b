--! uses: full, partition, account, layers, index
-- Find the users who are ONLINE at one instant, and who have fewer engagements than are asked for.
--
-- ARGV: time, account, order (1: longest available, 2: most recently active, 3: longest idle), limit, budget, the number of
-- engagements from which on users are left out (0: never), team (empty: of all)
-- Returns {0, now, floor, workflow, past, {team, workflow, past, ...}, how many there are, {user, record, ...}, {user, record, ...} of those whose status
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
local scope = scope_of(account, ARGV[7])
local complete = collect(account, floor, now, budget, ARGV[7] ~= '' and ARGV[7])
touch_team(scope)
reschedule(account, floor, now)
if not complete then
  return { 2, now }
end
local online = online_key(scope)
local total = redis.call('ZCARD', online)
if order == '2' and total > SORTED_MAX then
  return { 4, now }
end
local over = ended_members(scope, now, SORTED_MAX + 1)
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
  local key = engaged_key(scope, engagements)
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

local function own_clock_of(raw)
  if string.byte(raw, 1) < FLAG then
    return (struct.unpack('>I6', raw, 14))
  end
  return read_record(raw).own_clock
end

-- Return the first users of a queue of the ONLINE who are to be listed, after making exact the bounds up to there; nil if there is more to
-- look at.
local function longest_idle(key)
  local listed, rank = {}, 0
  while #listed < limit do
    local members, scores, stale = {}, {}, 0
    local chunk = redis.call('ZRANGE', key, rank, rank + limit - 1, 'WITHSCORES')
    for i = 1, #chunk, 2 do
      members[#members + 1], scores[#scores + 1] = chunk[i], tonumber(chunk[i + 1])
    end
    for i, raw in ipairs(records_of(members)) do
      local clock = own_clock_of(raw)
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
  local keys, listed = { queue_key(scope, ONLINE_QUEUE) }, {}
  if is_layered(scope) then
    keys[2] = queue_key(scope, UNTIL_QUEUE)
  end
  if scope == account and account.people then
    keys[#keys + 1] = teams_key(account, 'l')
  end
  for _, key in ipairs(keys) do
    local idle = longest_idle(key)
    if not idle then
      return { 2, now }
    end
    for _, entry in ipairs(idle) do
      listed[#listed + 1] = entry
    end
  end
  table.sort(listed, function(a, b)
    return a[2] < b[2] or (a[2] == b[2] and a[1] < b[1])
  end)
  for i = 1, math.min(limit, #listed) do
    members[i] = listed[i][1]
  end
end
local found = with_records(account, users_of(account, members))
local over_found = with_records(account, users_of(account, over))
local policies = policies_of(account, found)
if account.own > 0 and #over_found > 0 then
  local all = {}
  for _, each in ipairs({ found, over_found }) do
    for _, value in ipairs(each) do
      all[#all + 1] = value
    end
  end
  policies = policies_of(account, all)
end
return { status, now, floor, account.w, account.past, policies, total, found, over_found }
