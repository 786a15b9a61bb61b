--! uses: full, partition, account, index
-- Find the users who are ONLINE at one instant.
--
-- ARGV: time, account, order (1: longest available, 2: most recently active, 3: longest idle), limit, budget
-- Returns {0, now, floor, workflow, past, how many there are, {user, record, ...}}, {1} when there is no such account,
-- {2} when there is more to look at first, {3, ...} with all of them when they are few enough to be sorted by the caller,
-- {4} when they are not, or {-1} when a heartbeat must come first.
local SORTED_MAX = 2000
local ended, account, now, floor = begin(ARGV[2])
if ended then
  return ended
end
if not account then
  return { 1, now }
end
local order, limit, budget = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
write_although_full()
local workflow = read_workflow(account.w)
local complete = collect(account, workflow, floor, now, budget)
reschedule(account, workflow, floor, now)
if not complete then
  return { 2, now }
end
local online = online_key(account)
local total = redis.call('ZCARD', online)
local status, members = 0, nil
if order == '1' then
  members = redis.call('ZRANGE', online, 0, limit - 1)
elseif order == '2' then
  if total > SORTED_MAX then
    return { 4, now }
  end
  status, members = 3, redis.call('ZRANGE', online, 0, -1)
else
  -- Correct the bounds at the head until the first `limit` of them are exact.
  local key = queue_key(account, ONLINE_QUEUE)
  while true do
    local stale = 0
    members = redis.call('ZRANGE', key, 0, limit - 1, 'WITHSCORES')
    local waiting = {}
    for i = 1, #members, 2 do
      waiting[#waiting + 1] = members[i]
    end
    local users = users_of(account, waiting)
    local raws = #users > 0 and redis.call('HMGET', account.users, unpack(users)) or {}
    for i, raw in ipairs(raws) do
      local _, _, _, clock = struct.unpack(RECORD, raw)
      if clock > tonumber(members[2 * i]) then
        redis.call('ZADD', key, clock, members[2 * i - 1])
        stale = stale + 1
      end
    end
    if stale == 0 then
      break
    end
    budget = budget - stale
    if budget <= 0 then
      return { 2, now }
    end
  end
  members = redis.call('ZRANGE', key, 0, limit - 1)
end
local found = with_records(account, users_of(account, members))
return { status, now, floor, account.w, account.past, total, found }
