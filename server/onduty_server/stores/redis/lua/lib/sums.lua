-- The daily sums of an account (`domain/tallies.py`): what dropped changes added to each person, state and team.
--
-- `w` has an account's days, each "START-END" (ms UTC), by its end. `wSTART-END.N` has the sums of a day, of 32 people:
-- its fields are the person (position % 32), the code of the state, and the number of the team, empty for none. A value is the
-- count times SPAN, and the sum of times, counted from the start of the day: since somebody comes to a state and leaves it in
-- turns, that is never more than the day is long, and small enough for a field of a small hash. `v` has the numbers of
-- teams (by "=TEAM") and the teams of numbers. Of the account's hash, `known` is the end of the last day of which the sums
-- were dropped, or since when an older history is complete; `summed` is the last revision that went into the sums, and `unedged`
-- the number of the last edge. `summed` in the partition has the accounts, by the end of their first day.
local SUMS_CHUNK, SPAN = 32, 1099511627776

local function sums_key(id, day, chunk)
  return string.format('%sw%s.%.0f:%s', P, day, chunk, id)
end

-- Return how a change is added: `days` are the bounds of days, 6 bytes each; days that end by `forgotten` are not kept.
local function open_sums(id, days, known, forgotten)
  return { id = id, days = days, known = known, forgotten = math.max(known, forgotten), named = {}, seen = {} }
end

-- Return a day, which has sums from now on if it is one of those of which they are kept.
local function keep_day(sums, start, till)
  local name = string.format('%.0f-%.0f', start, till)
  local day = { start = start, till = till, name = name, is_kept = till > sums.forgotten, keys = {} }
  if not day.is_kept and till > sums.known then
    sums.known = till
    redis.call('HSET', P .. 'a:' .. sums.id, 'known', string.format('%.0f', till))
  elseif day.is_kept and not sums.seen[name] then
    sums.seen[name] = true
    redis.call('ZADD', P .. 'w:' .. sums.id, till, name)
    redis.call('ZADD', P .. 'summed', 'LT', till, sums.id)
  end
  return day
end

-- Return the day of a time, nil if it is not among those given.
local function day_of(sums, time)
  local day = sums.day
  if day and time >= day.start and time < day.till then
    return day
  end
  local low, high = 0, #sums.days / 6 - 1
  if high < 1 or time < struct.unpack('>I6', sums.days) or time >= struct.unpack('>I6', sums.days, high * 6 + 1) then
    return nil
  end
  while high - low > 1 do
    local middle = math.floor((low + high) / 2)
    if struct.unpack('>I6', sums.days, middle * 6 + 1) <= time then
      low = middle
    else
      high = middle
    end
  end
  sums.day = keep_day(sums, struct.unpack('>I6I6', sums.days, low * 6 + 1))
  return sums.day
end

local function team_number(sums, team)
  if not sums.named[team] then
    local key = P .. 'v:' .. sums.id
    local number = redis.call('HGET', key, '=' .. team)
    if not number then
      number = redis.call('HINCRBY', key, '#', 1)
      redis.call('HSET', key, '=' .. team, number, number, team)
    end
    sums.named[team] = number
  end
  return sums.named[team]
end

local function add_sum(sums, day, position, code, team, value)
  local offset = position % SUMS_CHUNK
  local chunk = (position - offset) / SUMS_CHUNK
  local key = day.keys[chunk]
  if not key then
    key = sums_key(sums.id, day.name, chunk)
    day.keys[chunk] = key
  end
  local field = string.char(offset, code) .. (team == '' and '' or team_number(sums, team))
  if redis.call('HINCRBY', key, field, value) == 0 then
    redis.call('HDEL', key, field)
  end
end

-- Add the deltas of a change at a time, with a state and a team before and after it; a state of 0 is none. Returns false, having
-- added nothing, if the day is not among those given.
local function add_change(sums, position, time, from, from_team, to, to_team)
  if from == to and from_team == to_team then
    return true
  end
  local day = day_of(sums, time)
  if not day then
    return false
  end
  if day.is_kept then
    local value = SPAN + time - day.start
    if from ~= 0 then
      add_sum(sums, day, position, from, from_team, -value)
    end
    if to ~= 0 then
      add_sum(sums, day, position, to, to_team, value)
    end
  end
  return true
end

-- Return what an event changes, of which this is the head: state and team before, state and team after. The states are 0 if it
-- changes nothing that is counted.
local function change_of(body, kind, from, to)
  if kind == STATUS_EVENT and #body < EVENT_TAIL then
    return from, '', to, ''
  end
  if kind == WORKFLOW_EVENT or from == 0 and kind ~= STATUS_EVENT then
    return 0, '', 0, ''
  end
  local more = string.match(body, '^[^%z]*%z[^%z]*%z[^%z]*%z(.*)$', EVENT_TAIL) or ''
  if kind == STATUS_EVENT then
    local team = string.match(more, '^[^%z]*%z[^%z]*%z(.*)$') or ''
    return from, team, to, team
  elseif kind == PROFILE_EVENT then
    local before, after = string.match(more, '^([^%z]*)%z(.*)$')
    return from, before, to, after
  end
  return from, more, 0, ''
end

-- Delete the sums of days that ended by `till`, up to `budget` keys. Returns how many keys that were.
local function forget_days(id, till, budget)
  local head, index = P .. 'a:' .. id, P .. 'w:' .. id
  local v = redis.call('HMGET', head, 'known', 'gone', 'forgot')
  local ended = redis.call('ZREVRANGEBYSCORE', index, till, '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
  if ended[2] and tonumber(ended[2]) > tonumber(v[1] or 0) then
    redis.call('HSET', head, 'known', ended[2])
  end
  local first = redis.call('ZRANGEBYSCORE', index, '-inf', till, 'LIMIT', 0, 1)[1]
  local used = 1
  if first then
    local length = redis.call('HLEN', P .. 'u:' .. id) + tonumber(v[2] or 0)
    local chunk, last = tonumber(v[3] or 0), math.floor(length / SUMS_CHUNK)
    while chunk <= last and used < budget do
      redis.call('UNLINK', sums_key(id, first, chunk))
      chunk, used = chunk + 1, used + 1
    end
    if chunk <= last then
      redis.call('HSET', head, 'forgot', chunk)
      return used
    end
    redis.call('ZREM', index, first)
    redis.call('HDEL', head, 'forgot')
  end
  local rest = redis.call('ZRANGE', index, 0, 0, 'WITHSCORES')
  if rest[2] then
    redis.call('ZADD', P .. 'summed', rest[2], id)
  else
    redis.call('ZREM', P .. 'summed', id)
  end
  return used
end
