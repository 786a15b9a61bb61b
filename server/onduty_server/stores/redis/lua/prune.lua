--! uses: full, partition, words, sums
-- Drop history that is no longer kept, a bounded amount a call. What it adds to the daily sums is added in the same step.
--
-- ARGV: time, commit time (ms UTC) before which nothing is kept, how many events an account may have, time (ms UTC) by which days
-- have ended of which no sums are kept, budget, a time zone, and the bounds of its days, in order (6 bytes each)
-- Returns {0} when there is nothing more to drop, {1} when there is, {2, time zone, time} when the days around a time are
-- needed, or {3, account} when the account must first be brought to the present form.
local before, most, forgotten = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local budget = tonumber(ARGV[5])

local function next_account()
  local id = redis.call('SRANDMEMBER', P .. 'excess')
  for _, key in ipairs({ 'history', 'edged' }) do
    id = id or redis.call('ZRANGEBYSCORE', P .. key, '-inf', '(' .. ARGV[2], 'LIMIT', 0, 1)[1]
  end
  return id
end

-- Drop events. Returns the commit time up to which all have been dropped, and a time of which the day is needed, else nil.
local function drop_events(id, sums)
  local stream, dropped, needed = P .. 'e:' .. id, {}, nil
  local extra = redis.call('XLEN', stream) - most
  local entries = redis.call('XRANGE', stream, '-', '+', 'COUNT', math.min(budget, 100))
  local committed = before
  for i, entry in ipairs(entries) do
    local body = entry[2][2]
    local kind, position, from, to, time, commit_time = struct.unpack('>BI4BBI6I6', body)
    if commit_time >= before and i > extra then
      break
    end
    if not add_change(sums, position, time, change_of(body, kind, from, to)) then
      needed = time
      break
    end
    dropped[i], committed = entry, commit_time
  end
  budget = budget - #entries - 1
  if #dropped > 0 then
    local last = string.match(dropped[#dropped][1], '^%d+')
    drop_words(id, dropped)
    redis.call('XTRIM', stream, 'MINID', string.format('%.0f', tonumber(last) + 1))
    if tonumber(last) > tonumber(redis.call('HGET', P .. 'a:' .. id, 'summed') or 0) then
      redis.call('HSET', P .. 'a:' .. id, 'summed', last)
    end
  end
  local first = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
  if first then
    redis.call('ZADD', P .. 'history', struct.unpack('>I6', first[2][2], 14), id)
  else
    redis.call('ZREM', P .. 'history', id)
  end
  if extra <= #dropped then
    redis.call('SREM', P .. 'excess', id)
  end
  if #dropped < #entries then
    committed = math.max(committed, before)
  end
  return committed, needed
end

-- Drop edges from before a time, as `drop_events` does.
local function drop_edges(id, sums, till)
  local stream, last, needed = P .. 'h:' .. id, nil, nil
  local before_till = string.format('(%.0f-0', till)
  local entries = redis.call('XRANGE', stream, '-', before_till, 'COUNT', math.max(1, math.min(budget, 100)))
  for _, entry in ipairs(entries) do
    local code, position, time = struct.unpack('>BI4I6', entry[2][2])
    local team = string.sub(entry[2][2], 12)
    local added
    if code >= 128 then
      added = add_change(sums, position, time, 0, '', code - 128, team)
    else
      added = add_change(sums, position, time, code, team, 0, '')
    end
    if not added then
      needed = time
      break
    end
    last = entry[1]
  end
  budget = budget - #entries - 1
  if last then
    local at, number = string.match(last, '^(%d+)-(%d+)$')
    redis.call('XTRIM', stream, 'MINID', string.format('%s-%.0f', at, tonumber(number) + 1))
    redis.call('HSET', P .. 'a:' .. id, 'unedged', number)
  end
  local first = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
  if first then
    redis.call('ZADD', P .. 'edged', string.match(first[1], '^%d+'), id)
  else
    redis.call('ZREM', P .. 'edged', id)
  end
  return needed
end

write_although_full()
while budget > 0 do
  local id = next_account()
  if not id then
    break
  end
  local v = redis.call('HMGET', P .. 'a:' .. id, 'v', 'tz', 'known')
  if v[1] ~= '4' then
    return { 3, id }
  end
  local zone = v[2] or 'UTC'
  local sums = open_sums(id, zone == ARGV[6] and ARGV[7] or '', tonumber(v[3] or 0), forgotten)
  local till, needed = drop_events(id, sums)
  needed = needed or redis.call('EXISTS', P .. 'h:' .. id) == 1 and drop_edges(id, sums, till)
  if needed then
    return { 2, zone, needed }
  end
end
while budget > 0 do
  local id = redis.call('ZRANGEBYSCORE', P .. 'summed', '-inf', ARGV[4], 'LIMIT', 0, 1)[1]
  if not id then
    return { 0 }
  end
  budget = budget - forget_days(id, ARGV[4], budget)
end
return { 1 }
