-- The history of an account: its events, and what they say of people, which is kept apart from them so that it can be
-- erased: an entry of a stream can be neither changed nor, in the file of the server, be done away with by itself.
--
-- An event is 19 bytes (kind, position, previous state, state, effective and commit time) and, if it has any of these: actor
-- and caller, '+' if it has words, and what else belongs to it, each but the last followed by 0. The user is who has the
-- position. An actor or a caller is empty, '=' for the user, or the number of a name: `i` has the numbers of an account's
-- names, and `j` the names of the numbers. The words (a reason; the names before and after) are in `r`, per position, by
-- revision. The event of a workflow has the actor, 0, the caller, 0 and the workflow without them.
local STATUS_EVENT, PROFILE_EVENT, ERASURE_EVENT, WORKFLOW_EVENT = 2, 3, 4, 5
local EVENT_TAIL = 20

-- Return the first revision from `low` on, `high` if there is none before it, of an event that was committed at a time (ms UTC)
-- or later. Commit times grow with the revision.
local function committed_from(stream, low, high, time)
  while low < high do
    local middle = math.floor((low + high) / 2)
    local entry = redis.call('XRANGE', stream, string.format('%.0f', middle), '+', 'COUNT', 1)[1]
    if entry and struct.unpack('>I6', entry[2][2], 14) < time then
      low = middle + 1
    else
      high = middle
    end
  end
  return low
end

local function words_key(id, position)
  return P .. 'r' .. position .. ':' .. id
end

-- Return the number of a name in the history of an account.
local function reference(account, name)
  if name == '' then
    return ''
  end
  local number = redis.call('HGET', P .. 'i:' .. account.id, name)
  if not number then
    number = redis.call('HINCRBY', P .. 'a:' .. account.id, 'names', 1)
    redis.call('HSET', P .. 'i:' .. account.id, name, number)
    redis.call('HSET', P .. 'j:' .. account.id, number, name)
  end
  return number
end

-- Return the tail of an event of a user as it is kept, of what Python packed, which has the names and the words.
local function keep_words(account, user, position, revision, tail)
  if tail == '' then
    return tail
  end
  local actor, caller, words, more = string.match(tail, '^([^%z]*)%z([^%z]*)%z([^%z]*)%z(.*)$')
  if words ~= '' then
    redis.call('HSET', words_key(account.id, position), string.format('%.0f', revision), words)
    words = '+'
  end
  actor = actor == user and '=' or reference(account, actor)
  caller = caller == user and '=' or reference(account, caller)
  return table.concat({ actor, caller, words, more }, '\0')
end

-- Drop the words of events that are about to be dropped.
local function drop_words(id, entries)
  for _, entry in ipairs(entries) do
    local body = entry[2][2]
    if #body >= EVENT_TAIL and string.find(body, '^[^%z]*%z[^%z]*%z%+', EVENT_TAIL) then
      local kind, position = struct.unpack('>BI4', body)
      if kind == STATUS_EVENT or kind == PROFILE_EVENT then
        redis.call('HDEL', words_key(id, position), (string.match(entry[1], '^%d+')))
      end
    end
  end
end

-- Return the workflow in the tail of its event.
local function workflow_in(tail)
  return (string.gsub(tail, '^[^%z]*%z[^%z]*%z', ''))
end

-- Return a function that returns user, name, actor, caller and words of the entry of an event; all are empty where they are
-- not known, or no longer. With `people`, the name is the one that the user has at present.
local function resolver(id, people)
  local users, names, texts = {}, {}, {}

  local function user_at(position)
    if not users[position] then
      local list = P .. 'o' .. math.floor(position / 128) .. ':' .. id
      local user = redis.call('LINDEX', list, position % 128) or ''
      -- At the place of somebody erased there is the revision of that.
      users[position] = string.byte(user, 1) ~= 0 and user or ''
    end
    return users[position]
  end

  local function name_of(user)
    if not people or user == '' then
      return ''
    end
    if not names[user] then
      local raw = redis.call('HGET', P .. 'u:' .. id, user)
      names[user] = raw and name_of_record(raw) or ''
    end
    return names[user]
  end

  local function text_of(number, user)
    if number == '' or number == '=' then
      return number == '=' and user or ''
    end
    if not texts[number] then
      texts[number] = redis.call('HGET', P .. 'j:' .. id, number) or ''
    end
    return texts[number]
  end

  return function(entry)
    local body = entry[2][2]
    local kind, position = struct.unpack('>BI4', body)
    if kind == WORKFLOW_EVENT then
      local actor, caller = string.match(body, '^([^%z]*)%z([^%z]*)%z', EVENT_TAIL)
      return '', '', text_of(actor), text_of(caller), ''
    elseif kind == ERASURE_EVENT then
      local mark = redis.call('HGET', P .. 'p:' .. id, (string.match(entry[1], '^%d+')))
      return mark and string.match(mark, '^%d+ %d (.*)$') or '', '', '', '', ''
    elseif kind ~= STATUS_EVENT and kind ~= PROFILE_EVENT then
      return '', kind == 0 and name_of((struct.unpack('Bc0', body, EVENT_TAIL))) or '', '', '', ''
    end
    local user = user_at(position)
    if #body < EVENT_TAIL or user == '' then
      return user, name_of(user), '', '', ''
    end
    local actor, caller, words = string.match(body, '^([^%z]*)%z([^%z]*)%z([^%z]*)%z', EVENT_TAIL)
    if words ~= '' then
      words = redis.call('HGET', words_key(id, position), (string.match(entry[1], '^%d+'))) or ''
    end
    return user, name_of(user), text_of(actor, user), text_of(caller, user), words
  end
end
