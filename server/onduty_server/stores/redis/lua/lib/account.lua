-- An account: its policy, its records, and the times at which they are due.
--
-- A record is RECORD, the layers of somebody who has any (`layers.lua`), and then actor and reason, which no script looks
-- at. A workflow is WORKFLOW, DISCONNECTION if it has one, and then what no script looks at. A past policy is PAST and then
-- its workflow. Python packs and reads the same (`records.py`).
local RECORD = '>BI6I6I6I6I4' -- state, status_since, last_activity (0: none), clock, revision, position
local WORKFLOW = '>BI6I6I6I6I6I6I6' -- resuming states (bits), enabled, thresholds, 3 periods (0: none), updated, revision
local DISCONNECTION = '>I6I6' -- the periods of those connected and of those shown AWAY since they were not (0: none)
local PAST = '>I6I6I6I2' -- floor, until, last_revision, length of the workflow
-- The high bit of the first byte: a record has layers, a workflow has a DISCONNECTION.
local FLAG = 128
local AWAY_BY_EXPIRY = 11

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

-- Return the account as the script found it; nil if there is none.
local function load_account(id)
  local v = redis.call('HMGET', P .. 'a:' .. id, 'rev', 'w', 'past', 't', 'scan')
  if not v[2] then
    return nil
  end
  return {
    id = id,
    rev = tonumber(v[1]),
    w = v[2],
    past = v[3] or '',
    committed = tonumber(v[4]),
    scan = tonumber(v[5] or 0),
    users = P .. 'u:' .. id,
  }
end

-- Return {user, record, ...} as Python reads it.
local function with_records(account, users)
  local found = {}
  if #users > 0 then
    local raws = redis.call('HMGET', account.users, unpack(users))
    for i, user in ipairs(users) do
      found[2 * i - 1], found[2 * i] = user, raws[i]
    end
  end
  return found
end

-- Begin a call about one account: return nil, the account (nil if there is none), now and the floor. If a heartbeat must
-- come first, return the reply that says so; in a partition never used, it must only before something is written.
local function begin(id, writes)
  local beat, horizon, floor = vital()
  local account = load_account(id)
  local now = time_now(beat, account and account.committed)
  if (horizon and now > horizon) or (writes and not horizon) then
    return { -1, now }
  end
  return nil, account, now, floor
end
