--! uses: full, partition, account, layers
-- Record activities of users of a partition, and keep their sessions and engagements. What is in order and changes no
-- more than a clock, or the end of a lease, is written as `rules` would. For anything else, reply with the data, and
-- Python decides.
--
-- ARGV: time, the greatest age (ms) of an activity that is accepted, then for each event: account, user, and what happened:
-- empty for an activity now, the time of an activity, or "LEASE TTL IDLE ID" for a session (LEASE is S) or an engagement (E)
-- that is kept for so many ms, with an activity so many ms ago (IDLE is - for none)
-- Returns {0, floor, {now, workflow, past of each account, and of teams with a policy of their own}, {1 when the record was written, record, whose policy, of
-- each event}}, or {-1} when a heartbeat must come first.
local beat, horizon, floor = vital()
local oldest_age = tonumber(ARGV[2])
local begun_of, begun_in_order, policies = {}, {}, {}
for i = 3, #ARGV, 3 do
  local id, begun = ARGV[i], begun_of[ARGV[i]]
  if not begun then
    local account = load_account(id)
    local now = time_now(beat, account and account.committed)
    if not horizon or now > horizon then
      return { -1, now }
    end
    begun = { account = account, now = now, place = #begun_in_order + 1, users = {}, moved = {} }
    begun_of[id], begun_in_order[begun.place] = begun, begun
    policies[#policies + 1] = now
    policies[#policies + 1] = account and account.w or ''
    policies[#policies + 1] = account and account.past or ''
  end
  begun.users[#begun.users + 1] = ARGV[i + 1]
end
for _, begun in ipairs(begun_in_order) do
  if begun.account then
    begun.records = {}
    for i, raw in ipairs(redis.call('HMGET', begun.account.users, unpack(begun.users))) do
      begun.records[begun.users[i]] = raw
    end
  end
end

-- Return the record with an activity, nil if that may be more than moving a clock: `rules.record_activity`.
local function with_activity(raw, state, last, clock, workflow, at, now)
  if last == 0 or at > now or at < now - oldest_age then
    return nil
  end
  -- At the end of a status the clock moves without the user's doing: `events.may_resume`.
  if (at >= clock or state == AWAY_BY_EXPIRY) and resumes(workflow, state) then
    local fresh_for = workflow.periods[ONLINE_QUEUE]
    if fresh_for == 0 or now - at < fresh_for then
      return nil
    end
  end
  return string.sub(raw, 1, 7) .. struct.pack('>I6I6', at, math.max(clock, at)) .. string.sub(raw, 20)
end

-- Return the record with a session or an engagement that it has already kept until a later time, else nil.
local function with_lease(raw, record, kind, id, ends)
  local leases = kind == 'S' and record.sessions or record.engagements
  for found, from, before, to in string.gmatch(leases or '', '([^\31]*)\31()([^\31]*)()\31?') do
    if found == id then
      if tonumber(before) > ends then
        return nil
      end
      leases = string.sub(leases, 1, from - 1) .. string.format('%.0f', ends) .. string.sub(leases, to)
      local sessions, engagements = record.sessions, record.engagements
      if kind == 'S' then
        sessions = leases
      else
        engagements = leases
      end
      local text = table.concat({ record.head, sessions, engagements }, '\30')
      local rest = LAYERS_AT + 2 + struct.unpack('>I2', raw, LAYERS_AT)
      return string.sub(raw, 1, LAYERS_AT - 1) .. struct.pack('>I2', #text) .. text .. string.sub(raw, rest)
    end
  end
end

-- Return the record with what happened, nil if Python must decide.
local function moved(raw, what, workflow, now)
  local at = what == '' and now or tonumber(what)
  if at and string.byte(raw, 1) < FLAG then
    -- This is most of all events.
    local state, _, last, clock = struct.unpack(RECORD, raw)
    state = state % PROFILED
    local due = due_at(QUEUE_OF_STATE[state], clock, workflow, floor)
    local is_next = at >= last and not (due and due <= now)
    return is_next and with_activity(raw, state, last, clock, workflow, at, now) or nil
  end
  local record = read_record(raw)
  if is_due(record, workflow, floor, now) or (record.expire and record.expire <= now) then
    return nil
  end
  local state, last, clock = record.state, record.last, record.clock
  if at then
    -- An activity of somebody without a session that lives may change the connection.
    local is_steady = record.connection == UNTRACKED or (record.connection == CONNECTED and record.session_end > now)
    return is_steady and at >= last and with_activity(raw, state, last, clock, workflow, at, now) or nil
  end
  local kind, ttl, idle, id = string.match(what, '^([SE]) (%d+) (%S+) (.*)$')
  -- After the end of the last one, another time with a session begins, which makes an edge.
  if kind == 'S' and (record.connection ~= CONNECTED or record.session_end <= now) then
    return nil
  end
  if kind == 'E' and record.ends[1] and record.ends[#record.ends] <= now then
    return nil
  end
  if idle ~= '-' then
    at = now - tonumber(idle)
    if last == 0 or at >= last then
      raw = with_activity(raw, state, last, clock, workflow, at, now)
    end
  end
  return raw and with_lease(raw, record, kind, id, now + tonumber(ttl))
end

-- Return the place of a team's policy in the reply.
local function place_of(scope, now)
  if not scope.place then
    policies[#policies + 1] = now
    policies[#policies + 1] = scope.w
    policies[#policies + 1] = scope.past
    scope.place = #policies / 3
  end
  return scope.place
end

local found = {}
for i = 3, #ARGV, 3 do
  local begun, user = begun_of[ARGV[i]], ARGV[i + 1]
  local account, now = begun.account, begun.now
  local raw, written = account and begun.records[user] or '', 0
  local scope, place = account, begun.place
  if raw and raw ~= '' and account.own > 0 then
    scope = scope_of(account, team_of(raw))
    if scope.has_own then
      place = place_of(scope, now)
    end
  end
  if raw and raw ~= '' and scope.past == '' then
    local after = moved(raw, ARGV[i + 2], workflow_of(scope), now)
    if after then
      raw, written = after, 1
      begun.records[user] = raw
      begun.moved[#begun.moved + 1] = user
      begun.moved[#begun.moved + 1] = raw
    end
  end
  found[#found + 1] = written
  found[#found + 1] = raw
  found[#found + 1] = place
end
for _, begun in ipairs(begun_in_order) do
  if #begun.moved > 0 then
    write_although_full()
    redis.call('HSET', begun.account.users, unpack(begun.moved))
  end
end
return { 0, floor, policies, found }
