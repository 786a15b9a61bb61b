-- The workflows of an account and its teams, and the history of their changes: a stream of its own, because it is kept longer
-- than that of statuses. An entry has the tail of the event (`words.lua`), or, from before schema 3, the workflow with names.

local function settings_key(id)
  return P .. 'c:' .. id
end

-- Return where what no script looks at begins in a workflow: JSON, with who changed it, and for whom, in 6th and 7th place.
local function json_at(raw)
  return string.byte(raw, 1) >= FLAG and 56 or 44
end

-- Return a workflow without the names of those who changed it, and these.
local function without_names(raw)
  local at = json_at(raw)
  local rest = cjson.decode(string.sub(raw, at))
  local actor, caller = rest[6], rest[7] or ''
  rest[6] = ''
  if rest[7] then
    rest[7] = ''
  end
  return string.sub(raw, 1, at - 1) .. cjson.encode(rest), actor, caller
end

-- Return a packed workflow with its revision, and with now where `mask` says so (1: enabled, 2: thresholds, 4: updated).
local function filled(raw, mask, now, revision)
  local resumes, enabled, thresholds, p1, p2, p3, updated = struct.unpack(WORKFLOW, raw)
  enabled = mask % 2 >= 1 and now or enabled
  thresholds = mask % 4 >= 2 and now or thresholds
  updated = mask >= 4 and now or updated
  return struct.pack(WORKFLOW, resumes, enabled, thresholds, p1, p2, p3, updated, revision) .. string.sub(raw, 44)
end

-- Return a workflow as the history has it.
local function history_of(account, raw)
  local stripped, actor, caller = without_names(raw)
  return table.concat({ reference(account, actor), reference(account, caller), stripped }, '\0')
end

local function keep_workflow(id, revision, tail)
  redis.call('XADD', settings_key(id), string.format('%.0f-0', revision), 'v', tail)
end

-- Append the event of a change of a workflow, which has its revision and times, and keep the last `keep` of them.
local function append_workflow(account, raw, now, history_max, keep)
  if account.w ~= '' and redis.call('EXISTS', settings_key(account.id)) == 0 then
    -- An account from before this history was kept begins it with what was in force.
    local revision = workflow_of(account).revision
    if revision > 0 then
      keep_workflow(account.id, revision, history_of(account, account.w))
    end
  end
  local tail = history_of(account, raw)
  append_event(account, struct.pack('>BI4BBI6I6', WORKFLOW_EVENT, 0, 0, 0, now, now) .. tail, history_max)
  keep_workflow(account.id, account.rev, tail)
  redis.call('XTRIM', settings_key(account.id), 'MAXLEN', keep)
end

-- Write the workflow of a team, with its past policies.
local function write_team(account, team, w, past)
  local key = P .. 'a:' .. account.id
  redis.call('HSET', key, 'w:' .. team, w)
  if past ~= '' then
    redis.call('HSET', key, 'past:' .. team, past, 'scan:' .. team, 0)
    redis.call('ZADD', teams_key(account, 'b'), 0, team)
  else
    redis.call('HDEL', key, 'past:' .. team, 'scan:' .. team)
    redis.call('ZREM', teams_key(account, 'b'), team)
  end
  account.scopes = nil
end
