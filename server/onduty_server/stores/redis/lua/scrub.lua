--! uses: full, partition, account, layers, index, words, commit, settings
-- Erase what names somebody erased as the actor in records of others, and in workflows.
-- Whatever their revision: one that was changed since the erasure, by a move or a new name, has a later one and may still name
-- the erased. So what somebody of the same id does to others before this has ended loses the actor as well, though not in
-- the history, where people are numbers.
--
-- ARGV: time, account, revision of the erasure, how many records
-- Returns {1} when nothing does any more, else {0}.
local account = load_account(ARGV[2])
local mark = account and redis.call('HGET', P .. 'p:' .. account.id, ARGV[3])
if not mark then
  return { 1 }
end
write_although_full()
local referred, name = string.match(mark, '^%d+ (%d) (.*)$')
local actors = P .. 'y:' .. account.id
local found = redis.call('ZRANGEBYLEX', actors, '[' .. name .. '\31', '(' .. name .. '\32', 'LIMIT', 0, ARGV[4])
for _, entry in ipairs(found) do
  local member = string.sub(entry, -4)
  local user = users_of(account, { member })[1]
  local raw = redis.call('HGET', account.users, user)
  if raw and other_actor(raw, user) == name then
    redis.call('HSET', account.users, user, without_actor(raw))
  end
  redis.call('ZREM', actors, entry)
end
if #found == tonumber(ARGV[4]) then
  return { 0 }
end
if referred == '0' then
  return { 1 }
end

-- Return a workflow without the name, if it has it.
local function scrubbed(raw)
  local at = json_at(raw)
  local rest = cjson.decode(string.sub(raw, at))
  for _, place in ipairs({ 6, 7 }) do
    if rest[place] == name then
      rest[place] = ''
    end
  end
  return string.sub(raw, 1, at - 1) .. cjson.encode(rest)
end

local function scrubbed_past(raw)
  local parts, at = {}, 1
  while at <= #raw do
    local past_floor, till, last, length, from = struct.unpack(PAST, raw, at)
    local workflow = scrubbed(string.sub(raw, from, from + length - 1))
    parts[#parts + 1] = struct.pack(PAST, past_floor, till, last, #workflow) .. workflow
    at = from + length
  end
  return table.concat(parts)
end

local key = P .. 'a:' .. account.id
local fields = account.own > 0 and redis.call('HGETALL', key) or { 'w', account.w, 'past', account.past }
for i = 1, #fields, 2 do
  local field, value = fields[i], fields[i + 1]
  local is_past = string.match(field, '^past') ~= nil
  if (is_past or field == 'w' or string.sub(field, 1, 2) == 'w:') and value ~= '' then
    local after = is_past and scrubbed_past(value) or scrubbed(value)
    if after ~= value then
      redis.call('HSET', key, field, after)
    end
  end
end
return { 1 }
