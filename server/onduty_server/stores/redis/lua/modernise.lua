--! uses: partition, account, layers, index, words, commit, settings
-- Bring the history of an account from before schema 3 to the present form, in which nobody's id is in a stream; a bounded
-- amount a call. What is appended meanwhile is in that form already.
--
-- ARGV: time, account, budget
-- Returns {1} when it is done, else {0}.
local account = load_account(ARGV[2])
local key, budget = P .. 'a:' .. ARGV[2], tonumber(ARGV[3])
if not account or redis.call('HGET', key, 'v') == '3' then
  return { 1 }
end
local progress = redis.call('HMGET', key, 'moved', 'indexed')
local events, settings = P .. 'e:' .. account.id, settings_key(account.id)

-- Return an event in the present form.
local function renewed(revision, body)
  local kind, position = struct.unpack('>BI4', body)
  local head, tail = string.sub(body, 2, EVENT_TAIL - 1), string.sub(body, EVENT_TAIL)
  if kind == 1 then
    return string.char(WORKFLOW_EVENT) .. head .. history_of(account, tail)
  elseif kind ~= 0 then
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

-- Records first: an actor who is named in them may have gone from the history.
local position = tonumber(progress[2] or 0)
if position < next_position(account) then
  local users = users_from(account, position, budget)
  for i, raw in ipairs(redis.call('HMGET', account.users, unpack(users))) do
    local actor = raw and other_actor(raw, users[i]) or ''
    reference(account, actor)
    index_actor(account, position + i - 1, '', actor)
  end
  redis.call('HSET', key, 'indexed', position + #users)
  return { 0 }
end
local new, after = P .. 'n:' .. account.id, progress[1] or '0'
local entries = redis.call('XRANGE', events, '(' .. after .. '-0', '+', 'COUNT', budget)
for _, entry in ipairs(entries) do
  after = string.match(entry[1], '^%d+')
  redis.call('XADD', new, entry[1], 'e', renewed(tonumber(after), entry[2][2]))
end
if #entries == budget then
  redis.call('HSET', key, 'moved', after)
  return { 0 }
end
if redis.call('EXISTS', new) == 1 then
  redis.call('RENAME', new, events)
end
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
redis.call('HDEL', key, 'moved', 'indexed')
redis.call('HSET', key, 'v', 3)
return { 1 }
