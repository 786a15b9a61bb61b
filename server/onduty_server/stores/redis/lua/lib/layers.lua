-- What only some users have: sessions, engagements, a status with an end. The text of `domain/layers.py` follows RECORD,
-- its length before it: a head (the connection; the end of the status and what is then), sessions and engagements (id, end,
-- id, end, ...), all three separated by 30, their parts by 31.
local LAYERS = '>I2c0'
local UNTRACKED, CONNECTED = 0, 1 -- the connections of those who are not shown as gone
local ONLINE_UNTIL = 7

-- The queues in which a user waits for a period to pass (`index.lua`), by own state and by connection.
local ONLINE_QUEUE, HIDDEN_QUEUE, UNTIL_QUEUE = 1, 4, 5
local QUEUE_OF_STATE = { 1, 1, 2, 3, [10] = 1, [11] = 3 }
local QUEUE_OF_CONNECTION = { [CONNECTED] = 6, [2] = 7 }
local NOBODY = { team = '', ends = {} }

-- Return the ends of leases, the latest first.
local function ends_of(leases)
  local ends = {}
  for found in string.gmatch(leases, '[^\31]*\31([^\31]*)\31?') do
    ends[#ends + 1] = tonumber(found)
  end
  table.sort(ends, function(a, b)
    return a > b
  end)
  return ends
end

-- Return what the scripts look at in a record: where its user waits, and since when (`clock`, `session_end`); when the
-- status ends (nil: never); whether the user is shown ONLINE; and when each engagement ends, the latest first.
local function read_record(raw)
  local first, _, last, clock, revision = struct.unpack(RECORD, raw)
  local state, team = first % PROFILED, team_of(raw)
  if first < FLAG then
    local queue = QUEUE_OF_STATE[state]
    local online = queue == ONLINE_QUEUE
    return {
      state = state,
      last = last,
      clock = clock,
      own_clock = clock,
      revision = revision,
      team = team,
      queue = queue,
      online = online,
      connection = UNTRACKED,
      session_end = 0,
      ends = NOBODY.ends,
    }
  end
  local head, sessions, engagements =
    string.match(struct.unpack(LAYERS, raw, LAYERS_AT), '^([^\30]*)\30([^\30]*)\30(.*)$')
  local connection = string.byte(head, 1) - 48
  local ends = ends_of(engagements)
  local queue = QUEUE_OF_STATE[state]
  local online = queue == ONLINE_QUEUE or state == ONLINE_UNTIL
  if connection > CONNECTED then
    online = false
    queue = queue == ONLINE_QUEUE and HIDDEN_QUEUE or queue
  elseif state == ONLINE_UNTIL then
    queue = UNTIL_QUEUE
  end
  return {
    state = state,
    last = last,
    clock = clock,
    own_clock = math.max(clock, ends[1] or 0),
    revision = revision,
    team = team,
    queue = queue,
    online = online,
    connection = connection,
    connection_queue = QUEUE_OF_CONNECTION[connection],
    session_end = ends_of(sessions)[1] or 0,
    expire = tonumber(string.match(head, '^.\31([^\31]*)')),
    ends = ends,
    head = head,
    sessions = sessions,
    engagements = engagements,
  }
end

-- Return when somebody who has waited in the queue since `bound` is due, or nil: `rules.next_due` for one layer.
local function due_at(queue, bound, workflow, floor)
  local period = queue and workflow.periods[queue] or 0
  if period == 0 then
    return nil
  end
  return math.max(math.max(bound, workflow.enabled_time, floor) + period, workflow.thresholds_since)
end

-- Return the earliest of `first` and of when inactivity or the disconnection of a user is due, if that is by `time`.
local function first_due(record, workflow, floor, time, first)
  local own = due_at(record.queue, record.own_clock, workflow, floor)
  local gone = due_at(record.connection_queue, record.session_end, workflow, floor)
  if own and own <= time and not (first and first <= own) then
    first = own
  end
  if gone and gone <= time and not (first and first <= gone) then
    first = gone
  end
  return first
end

-- Return true if inactivity or the disconnection of a user is due by `time`.
local function is_due(record, workflow, floor, time)
  return first_due(record, workflow, floor, time) ~= nil
end
