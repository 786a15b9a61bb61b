-- An account: its policy, its records, and the times at which they are due.
--
-- A record is RECORD, the layers of somebody who has any (`layers.lua`), the profile of somebody who has one (team and name,
-- each after its length), the actor after its length, and the reason. A workflow is WORKFLOW, DISCONNECTION if it has one, and then what no script looks at. A past policy is PAST and then
-- its workflow. Python packs and reads the same (`records.py`).
local RECORD = '>BI6I6I6I6I4' -- state, status_since, last_activity (0: none), clock, revision, position
local WORKFLOW = '>BI6I6I6I6I6I6I6' -- resuming states (bits), enabled, thresholds, 3 periods (0: none), updated, revision
local DISCONNECTION = '>I6I6' -- the periods of those connected and of those shown AWAY since they were not (0: none)
local PAST = '>I6I6I6I2' -- floor, until, last_revision, length of the workflow
-- The high bit of the first byte: a record has layers, a workflow has a DISCONNECTION. The next: a record has a profile.
local FLAG, PROFILED = 128, 64
local LAYERS_AT = 30
local AWAY_BY_EXPIRY = 11
local NO_MORE = {}

local function read_workflow(raw)
  local w = {}
  local p1, p2, p3, connected, away
  w.resumes, w.enabled_time, w.thresholds_since, p1, p2, p3, w.update_time, w.revision = struct.unpack(WORKFLOW, raw)
  if w.resumes >= FLAG then
    w.resumes = w.resumes - FLAG
    connected, away = struct.unpack(DISCONNECTION, raw, 44)
  end
  -- By queue (`index.lua`).
  w.periods = { p1, p2, p3, p1, 0, connected or 0, away or 0 }
  return w
end

-- Return true if an activity moves a user out of the state: `Workflow.resumes`.
local function resumes(workflow, state)
  return state == AWAY_BY_EXPIRY or bit.band(workflow.resumes, bit.lshift(1, state)) ~= 0
end

-- Write a field that only some accounts have.
local function set_more(id, field, value)
  redis.call('HSET', P .. 'a:' .. id, 'more', 1, field, value)
end

-- Return the account as the script found it; nil if there is none. It is a scope as well: of those who have no team.
local function load_account(id)
  local v = redis.call('HMGET', P .. 'a:' .. id, 'rev', 'w', 'past', 't', 'scan', 'more')
  if not v[2] then
    return nil
  end
  -- Most accounts have none of these, and need not be asked for them.
  local more = v[6] and redis.call('HMGET', P .. 'a:' .. id, 'gone', 'people', 'own', 'rest') or NO_MORE
  local account = {
    id = id,
    key = id,
    team = '',
    rev = tonumber(v[1]),
    w = v[2],
    past = v[3] or '',
    committed = tonumber(v[4]),
    scan = tonumber(v[5] or 0),
    -- How many users were erased, whose positions stay empty.
    gone = tonumber(more[1] or 0),
    -- True once anybody has had a name or a team.
    people = more[2] and true or false,
    -- How many teams have, or have had, a workflow of their own.
    own = tonumber(more[3] or 0),
    -- The team after which to go on telling when teams are due next, after a change of the account's workflow.
    rest = more[4],
    users = P .. 'u:' .. id,
  }
  account.account = account
  return account
end

-- Return the scope of a team: what `index.lua` keeps for each team apart, and the policy of its users. That is the account's
-- unless the team has, or has had, a workflow of its own (`has_own`).
local function scope_of(account, team)
  if team == '' then
    return account
  end
  account.scopes = account.scopes or {}
  local scope = account.scopes[team]
  if not scope then
    local v = {}
    if account.own > 0 then
      v = redis.call('HMGET', P .. 'a:' .. account.id, 'w:' .. team, 'past:' .. team, 'scan:' .. team)
    end
    scope = {
      account = account,
      id = account.id,
      key = account.id .. '\31' .. team,
      team = team,
      w = v[1] or account.w,
      past = v[1] and (v[2] or '') or account.past,
      scan = tonumber(v[3] or 0),
      has_own = v[1] and true or false,
      users = account.users,
    }
    account.scopes[team] = scope
  end
  return scope
end

local function workflow_of(scope)
  if not scope.workflow then
    scope.workflow = read_workflow(scope.w)
  end
  return scope.workflow
end

-- Return the team of a record's user, empty for none.
local function team_of(raw)
  local first = string.byte(raw, 1)
  if first % FLAG < PROFILED then
    return ''
  end
  local at = LAYERS_AT
  if first >= FLAG then
    at = at + 2 + struct.unpack('>I2', raw, at)
  end
  return (struct.unpack('Bc0', raw, at))
end

-- Return the name of a record's user, empty for none.
local function name_of_record(raw)
  local first, at = string.byte(raw, 1), LAYERS_AT
  if first % FLAG < PROFILED then
    return ''
  end
  if first >= FLAG then
    at = at + 2 + struct.unpack('>I2', raw, at)
  end
  return (struct.unpack('>I2c0', raw, at + 1 + string.byte(raw, at)))
end

-- Return {user, record, ...} as Python reads it; of those who were erased nothing.
local function with_records(account, users)
  local found = {}
  if #users > 0 then
    local raws = redis.call('HMGET', account.users, unpack(users))
    for i, user in ipairs(users) do
      if raws[i] then
        found[#found + 1] = user
        found[#found + 1] = raws[i]
      end
    end
  end
  return found
end

-- Return {team, workflow, past, ...} of the teams in {user, record, ...} that have a policy of their own.
local function policies_of(account, found)
  local policies, seen = {}, {}
  if account.own > 0 then
    for i = 2, #found, 2 do
      local team = found[i] and team_of(found[i]) or ''
      if team ~= '' and not seen[team] then
        seen[team] = true
        local scope = scope_of(account, team)
        if scope.has_own then
          policies[#policies + 1] = team
          policies[#policies + 1] = scope.w
          policies[#policies + 1] = scope.past
        end
      end
    end
  end
  return policies
end

-- Begin a call about one account: return nil, the account (nil if there is none), now and the floor. If a heartbeat must
-- come first, return the reply that says so; in a partition never used, it must only before something is written. Before
-- something is written to an account that is being erased, that must be done: the reply is {-4}.
local function begin(id, writes)
  local beat, horizon, floor = vital()
  local account = load_account(id)
  local now = time_now(beat, account and account.committed)
  if (horizon and now > horizon) or (writes and not horizon) then
    return { -1, now }
  end
  if writes and not account and redis.call('EXISTS', P .. 'z:' .. id) == 1 then
    return { -4, now }
  end
  return nil, account, now, floor
end
