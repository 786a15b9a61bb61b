--! uses: partition, account, layers, index, words, commit, settings
-- Bring the history of an account from before schema 4 to the present form, in which nobody's id is in a stream, and a move
-- and an erasure tell the state that was shown and the team until then; a bounded amount a call. What is appended meanwhile
-- is in that form already. Reports know all since the oldest change that is kept, if there were others, and since the last move
-- or erasure before which no other change of the person is kept. Sessions and engagements of schema 3 count from now on.
--
-- ARGV: time, account, budget
-- Returns {1} when it is done, else {0}.
local account = load_account(ARGV[2])
local key, budget = P .. 'a:' .. ARGV[2], tonumber(ARGV[3])
if not account then
  redis.call('ZREM', P .. 'history', ARGV[2])
  redis.call('SREM', P .. 'excess', ARGV[2])
  return { 1 }
end
local progress = redis.call('HMGET', key, 'v', 'moved', 'indexed', 'since', 'first', 'leased')
local version = tonumber(progress[1] or 1)
if version >= 4 then
  return { 1 }
end
if progress[2] and not progress[4] then
  -- A process of schema 3 began this, and did not end it.
  redis.call('UNLINK', P .. 'n:' .. account.id)
  progress[2] = false
end
local events, settings = P .. 'e:' .. account.id, settings_key(account.id)
-- By position: the state and the team that somebody had at the event that was looked at last.
local last_key = P .. 'V:' .. account.id
local last, since = {}, tonumber(progress[4] or 0)

local function last_of(position)
  if not last[position] then
    last[position] = redis.call('HGET', last_key, position) or ''
  end
  return last[position]
end

-- Return the event of a move or an erasure with what was before it, if that is known.
local function completed(body)
  local kind, position, state, _, commit_time = struct.unpack('>BI4BBI6', body)
  local before = last_of(position)
  if state == 0 then
    state = before ~= '' and string.byte(before, 1) or 0
    local from, to = string.match(body, '([^%z]*)%z([^%z]*)$', EVENT_TAIL)
    if state == 0 and (kind == ERASURE_EVENT or from ~= to) then
      since = math.max(since, commit_time + 1)
    end
    local team = string.sub(before, 2)
    local tail = kind == ERASURE_EVENT and team ~= '' and '\0\0\0' .. team or string.sub(body, EVENT_TAIL)
    body = struct.pack('>BI4BB', kind, position, state, state) .. string.sub(body, 8, EVENT_TAIL - 1) .. tail
  end
  if kind == ERASURE_EVENT then
    last[position] = ''
  else
    last[position] = string.char(state) .. string.match(body, '([^%z]*)$', EVENT_TAIL)
  end
  return body
end

-- Return an event in the present form.
local function renewed(revision, body)
  local kind, position = struct.unpack('>BI4', body)
  local head, tail = string.sub(body, 2, EVENT_TAIL - 1), string.sub(body, EVENT_TAIL)
  if kind == 1 then
    return string.char(WORKFLOW_EVENT) .. head .. history_of(account, tail)
  elseif kind == PROFILE_EVENT or kind == ERASURE_EVENT then
    return completed(body)
  elseif kind == WORKFLOW_EVENT then
    return body
  end
  local team = kind == STATUS_EVENT and #tail > 0 and string.match(tail, '([^%z]*)$') or ''
  last[position] = string.sub(body, 7, 7) .. team
  if kind == STATUS_EVENT then
    return body
  end
  local user, at = struct.unpack('Bc0', tail)
  local actor, text_at = struct.unpack('Bc0', tail, at)
  local parts = {}
  for part in string.gmatch(string.sub(tail, text_at) .. '\0', '([^%z]*)%z') do
    parts[#parts + 1] = part
  end
  local more = parts[3] and table.concat({ parts[3], parts[4], '' }, '\0') or ''
  local caller, reason = parts[2] or '', parts[1] or ''
  if actor .. caller .. reason .. more == '' then
    return string.char(STATUS_EVENT) .. head
  end
  tail = table.concat({ actor, caller, reason, more }, '\0')
  return string.char(STATUS_EVENT) .. head .. keep_words(account, user, position, revision, tail)
end

-- Give the sessions and engagements of a user a beginning, if they have none.
local function begin_leases(raw, beat)
  local position, record = struct.unpack('>I4', raw, 26), read_record(raw)
  local now = time_now(beat, account.committed)
  for code, leases in pairs({ [32] = record.sessions, [33] = record.engagements }) do
    local ends = ends_of(leases)[1]
    if ends and redis.call('SISMEMBER', begun_key(account), member_of(position) .. string.char(code)) == 0 then
      local body = struct.pack('>BI4I6', code + FLAG, position, math.min(ends, now)) .. record.team
      append_edges(account, position, { { body, false } }, now)
      redis.call('HSET', key, 't', string.format('%.0f', now))
    end
  end
end

local leased = tonumber(progress[6] or 0)
if leased < next_position(account) then
  local users, beat = users_from(account, leased, budget), vital()
  for _, raw in ipairs(redis.call('HMGET', account.users, unpack(users))) do
    if raw and string.byte(raw, 1) >= FLAG then
      begin_leases(raw, beat)
    end
  end
  redis.call('HSET', key, 'leased', leased + #users)
  return { 0 }
end

-- Records first: an actor who is named in them may have gone from the history.
local position = tonumber(progress[3] or 0)
if version < 3 and position < next_position(account) then
  local users = users_from(account, position, budget)
  for i, raw in ipairs(redis.call('HMGET', account.users, unpack(users))) do
    local actor = raw and other_actor(raw, users[i]) or ''
    reference(account, actor)
    index_actor(account, position + i - 1, '', actor)
  end
  redis.call('HSET', key, 'indexed', position + #users)
  return { 0 }
end
local new, after = P .. 'n:' .. account.id, progress[2] or '0'
if version < 3 or account.people or account.gone > 0 then
  local entries = redis.call('XRANGE', events, '(' .. after .. '-0', '+', 'COUNT', budget)
  for _, entry in ipairs(entries) do
    after = string.match(entry[1], '^%d+')
    redis.call('XADD', new, entry[1], 'e', renewed(tonumber(after), entry[2][2]))
  end
  for position, state in pairs(last) do
    redis.call('HSET', last_key, position, state)
  end
  if #entries == budget then
    redis.call('HSET', key, 'moved', after, 'since', string.format('%.0f', since))
    return { 0 }
  end
  if redis.call('EXISTS', new) == 1 then
    redis.call('RENAME', new, events)
  end
  redis.call('UNLINK', last_key)
end
if version < 3 then
  local changes = redis.call('XRANGE', settings, '-', '+')
  redis.call('UNLINK', settings)
  for _, entry in ipairs(changes) do
    local tail = entry[2][1] == 'w' and history_of(account, entry[2][2]) or entry[2][2]
    redis.call('XADD', settings, entry[1], 'v', tail)
  end
  for _, raw in ipairs({ account.w }) do
    history_of(account, raw)
  end
  for _, past in ipairs(past_policies(account)) do
    history_of(account, past.raw)
  end
end

-- Return the oldest event after which there is no gap, and the revision before it. Before a gap there may be changes of
-- workflows, which a copy has taken along.
local function oldest_event()
  local length, from = redis.call('XLEN', events), '-'
  while length > 0 do
    local entries = redis.call('XRANGE', events, from, '+', 'COUNT', 100)
    for _, entry in ipairs(entries) do
      local revision = tonumber(string.match(entry[1], '^%d+'))
      if account.rev - revision < length then
        return entry, revision - 1
      end
      length, from = length - 1, '(' .. entry[1]
    end
  end
  return nil, account.rev
end

local oldest, summed = oldest_event()
if summed > tonumber(progress[5] or 0) then
  since = math.max(since, oldest and struct.unpack('>I6', oldest[2][2], 14) or account.committed or 0)
end
if since > 0 then
  redis.call('HSET', key, 'known', string.format('%.0f', since))
end
redis.call('HDEL', key, 'moved', 'indexed', 'since', 'leased')
redis.call('UNLINK', begun_key(account))
redis.call('HSET', key, 'v', 4, 'summed', string.format('%.0f', summed))
return { 1 }
