-- Writes Python's decisions: the record, its events, and every index.

-- Give an event the account's next revision and put it into the account's stream.
local function append_event(account, event, now, history_max)
  account.rev = account.rev + 1
  local id = string.format('%.0f-0', account.rev)
  redis.call('XADD', P .. 'e:' .. account.id, 'MAXLEN', history_max, id, 'e', event)
  account.has_news = true
end

-- Create an account with its workflow.
local function create_account(id, workflow)
  redis.call('HSET', P .. 'a:' .. id, 'rev', 0, 'w', workflow)
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

-- Bring the index up to date with a user's new record.
local function index(account, member, was, is)
  account.layered = nil
  if was.queue or was.connection_queue then
    redis.call('ZREM', overdue_key(account), member)
  end
  if was.queue and was.queue ~= is.queue then
    redis.call('ZREM', queue_key(account, was.queue), member)
  end
  if was.connection_queue and was.connection_queue ~= is.connection_queue then
    redis.call('ZREM', queue_key(account, was.connection_queue), member)
  end
  -- A user who is in the queue already keeps the bound there, unless it is no longer a lower one.
  if is.queue then
    redis.call('ZADD', queue_key(account, is.queue), 'LT', is.own_clock, member)
  end
  if is.connection_queue then
    redis.call('ZADD', queue_key(account, is.connection_queue), 'LT', is.session_end, member)
  end
  if is.expire then
    redis.call('ZADD', ends_key(account), is.expire, member)
  elseif was.expire then
    redis.call('ZREM', ends_key(account), member)
  end
  for count = 1, math.max(#was.ends, #is.ends) do
    if is.online and is.ends[count] then
      redis.call('ZADD', engaged_key(account, count), is.ends[count], member)
    else
      redis.call('ZREM', engaged_key(account, count), member)
    end
  end
end

-- Write a user's record and events. `mask` says which times of the record mean now (1: status_since, 2: last_activity,
-- 4: clock); an event is a pair of its body and whether its effective time means now. Returns the record as written.
local function apply(account, user, before, after, mask, events, now, history_max)
  local was, position = NOBODY, nil
  if before == '' then
    position = user_count(account)
    redis.call('RPUSH', order_key(account, position), user)
  else
    was = read_record(before)
    position = struct.unpack('>I4', before, 26)
  end
  for _, event in ipairs(events) do
    local body, means_now = event[1], event[2]
    local effective = means_now and now or struct.unpack('>I6', body, 8)
    append_event(
      account,
      string.sub(body, 1, 1)
        .. struct.pack('>I4', position)
        .. string.sub(body, 6, 7)
        .. struct.pack('>I6I6', effective, now)
        .. string.sub(body, 20),
      now,
      history_max
    )
  end
  local state, since, last, clock, revision = struct.unpack(RECORD, after)
  since = mask % 2 >= 1 and now or since
  last = mask % 4 >= 2 and now or last
  clock = mask >= 4 and now or clock
  if #events > 0 then
    revision = account.rev
  end
  local raw = struct.pack(RECORD, state, since, last, clock, revision, position) .. string.sub(after, 30)
  redis.call('HSET', account.users, user, raw)

  local is, member = read_record(raw), member_of(position)
  index(account, member, was, is)
  if is.online then
    redis.call('ZADD', online_key(account), since, member)
  elseif was.online then
    redis.call('ZREM', online_key(account), member)
  end
  return raw
end
