-- Writes Python's decisions: the record, its events, and every index. Uses `words`.

-- Give an event the account's next revision and put it into the account's stream. Only `prune.lua` drops events, which
-- adds what they say to the daily sums. It is asked for when there are too many by a twentieth, so that it comes now and then.
local function append_event(account, event, history_max)
  local stream, most = P .. 'e:' .. account.id, tonumber(history_max)
  account.rev = account.rev + 1
  redis.call('XADD', stream, string.format('%.0f-0', account.rev), 'e', event)
  if account.rev > most and redis.call('XLEN', stream) > most * 1.05 then
    redis.call('SADD', P .. 'excess', account.id)
  end
  account.has_news = true
end

-- Create an account with its workflow. Its revisions begin after those of every account that was deleted before.
local function create_account(id, workflow)
  local first = redis.call('GET', P .. 'first') or 0
  redis.call('HSET', P .. 'a:' .. id, 'rev', first, 'w', workflow, 'v', 4)
  if first ~= 0 then
    redis.call('HSET', P .. 'a:' .. id, 'first', first)
  end
  redis.call('SADD', P .. 'accounts', id)
  return load_account(id)
end

-- Record the account's revision and time of commit, and tell the other processes that it has news.
local function finish(account, now)
  redis.call('HSET', P .. 'a:' .. account.id, 'rev', string.format('%.0f', account.rev), 't', now)
  if account.has_news then
    redis.call('ZADD', P .. 'history', 'NX', now, account.id)
    redis.call('XADD', P .. 'news', 'MAXLEN', '~', 1000, '*', 'a', account.id)
  end
end

-- Bring the index of a user's queues up to date, from one scope to another if the user moves.
local function index_queues(from, to, member, was, is)
  if was.queue or was.connection_queue then
    redis.call('ZREM', overdue_key(to), member)
  end
  if was.queue and (from ~= to or was.queue ~= is.queue) then
    redis.call('ZREM', queue_key(from, was.queue), member)
  end
  if was.connection_queue and (from ~= to or was.connection_queue ~= is.connection_queue) then
    redis.call('ZREM', queue_key(from, was.connection_queue), member)
  end
  -- A user who is in the queue already keeps the bound there, unless it is no longer a lower one.
  if is.queue then
    redis.call('ZADD', queue_key(to, is.queue), 'LT', is.own_clock, member)
  end
  if is.connection_queue then
    redis.call('ZADD', queue_key(to, is.connection_queue), 'LT', is.session_end, member)
  end
end

-- Bring up to date what the index shows of a user in a scope.
local function index_view(scope, member, was, is)
  if is.expire then
    redis.call('ZADD', ends_key(scope), is.expire, member)
  elseif was.expire then
    redis.call('ZREM', ends_key(scope), member)
  end
  for count = 1, math.max(#was.ends, #is.ends) do
    if is.online and is.ends[count] then
      redis.call('ZADD', engaged_key(scope, count), is.ends[count], member)
    else
      redis.call('ZREM', engaged_key(scope, count), member)
    end
  end
  if is.online then
    redis.call('ZADD', online_key(scope), is.since, member)
  elseif was.online then
    redis.call('ZREM', online_key(scope), member)
  end
end

-- Bring up to date which teams there are, and who is in them.
local function index_teams(account, from, to, position, member, was, is)
  if from ~= to and from.team ~= '' then
    index_view(from, member, was, NOBODY)
    redis.call('ZREM', members_key(from), member)
    if not from.has_own and redis.call('EXISTS', members_key(from)) == 0 then
      redis.call('ZREM', teams_key(account, 'k'), from.team)
    end
  end
  if to.team ~= '' then
    if from ~= to then
      redis.call('ZADD', members_key(to), position, member)
      redis.call('ZADD', teams_key(account, 'k'), 0, to.team)
    end
    index_view(to, member, from == to and was or NOBODY, is)
  end
  if to.team ~= '' and is.online then
    redis.call('ZADD', teams_key(account, 'l'), 'LT', is.own_clock, member)
  elseif from.team ~= '' and was.online then
    redis.call('ZREM', teams_key(account, 'l'), member)
  end
end

-- Bring the index up to date with a user's new record.
local function index(account, position, was, is)
  local from, to, member = scope_of(account, was.team), scope_of(account, is.team), member_of(position)
  account.layered, from.layered, to.layered = nil, nil, nil
  index_queues(from, to, member, was, is)
  index_view(account, member, was, is)
  if from.team ~= '' or to.team ~= '' then
    index_teams(account, from, to, position, member, was, is)
  end
  touch_team(from)
  touch_team(to)
end

-- Return where the actor of a record is, after its length.
local function actor_at(raw)
  local first, at = string.byte(raw, 1), LAYERS_AT
  if first >= FLAG then
    at = at + 2 + struct.unpack('>I2', raw, at)
  end
  if first % FLAG >= PROFILED then
    at = at + 1 + string.byte(raw, at)
    at = at + 2 + struct.unpack('>I2', raw, at)
  end
  return at
end

-- Return the actor of a record, empty for none and for the user.
local function other_actor(raw, user)
  local at = actor_at(raw)
  local actor = at <= #raw and struct.unpack('Bc0', raw, at) or ''
  return actor == user and '' or actor
end

-- Return a record without its actor.
local function without_actor(raw)
  local at = actor_at(raw)
  return string.sub(raw, 1, at - 1) .. '\0' .. string.sub(raw, at + 1 + string.byte(raw, at))
end

-- `y` has those who are named as actors in the records of others, so that they can be found there: actor, 31, position.
local function index_actor(account, position, was, is)
  if was ~= is then
    if was ~= '' then
      redis.call('ZREM', P .. 'y:' .. account.id, was .. '\31' .. member_of(position))
    end
    if is ~= '' then
      redis.call('ZADD', P .. 'y:' .. account.id, 0, is .. '\31' .. member_of(position))
    end
  end
end

-- The first byte of an edge is at least this, and that of an event is less.
local EDGE_MIN = 32

-- Return the key of the positions and codes of what has begun in an account that has yet to be brought to the present form.
local function begun_key(account)
  return P .. 'H:' .. account.id
end

-- Return edges with the beginnings that an account from before there were edges does not have: each when it ends.
local function with_beginnings(account, position, edges)
  local complete = {}
  for _, edge in ipairs(edges) do
    local code, rest = string.byte(edge[1], 1), string.sub(edge[1], 2)
    local member = member_of(position) .. string.char(code % FLAG)
    if code >= FLAG then
      redis.call('SADD', begun_key(account), member)
    elseif redis.call('SREM', begun_key(account), member) == 0 then
      complete[#complete + 1] = { string.char(code + FLAG) .. rest, edge[2] }
    end
    complete[#complete + 1] = edge
  end
  return complete
end

-- Append edges of a user's sessions and engagements to those of the account: see `edges.py`. They are given as events are.
local function append_edges(account, position, edges, now)
  if redis.call('HGET', P .. 'a:' .. account.id, 'v') ~= '4' then
    edges = with_beginnings(account, position, edges)
  end
  local total = redis.call('HINCRBY', P .. 'a:' .. account.id, 'edges', #edges)
  for i, edge in ipairs(edges) do
    local body, means_now = edge[1], edge[2]
    local code, _, time = struct.unpack('>BI4I6', body)
    redis.call(
      'XADD',
      P .. 'h:' .. account.id,
      string.format('%.0f-%.0f', now, total - #edges + i),
      'e',
      struct.pack('>BI4I6', code, position, means_now and now or time) .. string.sub(body, 12)
    )
  end
  redis.call('ZADD', P .. 'edged', 'NX', now, account.id)
end

-- Append the events of a user to the history; an event is a pair of its body and whether its effective time means now.
-- Edges may be among them. Returns true if there were events.
local function append_events(account, user, position, events, now, history_max)
  local edges, has_events = {}, false
  for _, event in ipairs(events) do
    local body, means_now = event[1], event[2]
    if string.byte(body, 1) >= EDGE_MIN then
      edges[#edges + 1] = event
    else
      local effective = means_now and now or struct.unpack('>I6', body, 8)
      append_event(
        account,
        string.sub(body, 1, 1)
          .. struct.pack('>I4', position)
          .. string.sub(body, 6, 7)
          .. struct.pack('>I6I6', effective, now)
          .. keep_words(account, user, position, account.rev + 1, string.sub(body, EVENT_TAIL)),
        history_max
      )
      has_events = true
    end
  end
  if #edges > 0 then
    append_edges(account, position, edges, now)
  end
  return has_events
end

-- Write a user's record, and events and edges. `mask` says which times of the record mean now (1: status_since,
-- 2: last_activity, 4: clock). Returns the record as written.
local function apply(account, user, before, after, mask, events, now, history_max)
  local was, position = NOBODY, nil
  if before == '' then
    position = next_position(account)
    redis.call('RPUSH', order_key(account, position), user)
  else
    was = read_record(before)
    position = struct.unpack('>I4', before, 26)
  end
  local has_events = append_events(account, user, position, events, now, history_max)
  local state, since, last, clock, revision = struct.unpack(RECORD, after)
  since = mask % 2 >= 1 and now or since
  last = mask % 4 >= 2 and now or last
  clock = mask >= 4 and now or clock
  if has_events then
    revision = account.rev
  end
  local raw = struct.pack(RECORD, state, since, last, clock, revision, position) .. string.sub(after, 30)
  redis.call('HSET', account.users, user, raw)
  local is = read_record(raw)
  is.since = since
  index(account, position, was, is)
  index_actor(account, position, before ~= '' and other_actor(before, user) or '', other_actor(raw, user))
  return raw
end
