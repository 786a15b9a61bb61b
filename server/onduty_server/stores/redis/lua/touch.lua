--! uses: full, partition, account
-- Record activities of users of a partition. One that is in order and changes no status moves the user's clock, as
-- `rules.record_activity` does then. For any other, reply with the data, and Python decides.
--
-- ARGV: time, the greatest age (ms) that is accepted, then for each activity: account, user, time (empty: now)
-- Returns {0, floor, {now, workflow, past of each account}, {1 when the clock was moved, record, which account, of each
-- activity}}, or {-1} when a heartbeat must come first.
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
    begun.workflow = read_workflow(begun.account.w)
    begun.records = {}
    for i, raw in ipairs(redis.call('HMGET', begun.account.users, unpack(begun.users))) do
      begun.records[begun.users[i]] = raw
    end
  end
end

local found = {}
for i = 3, #ARGV, 3 do
  local begun, user = begun_of[ARGV[i]], ARGV[i + 1]
  local account, now = begun.account, begun.now
  local raw, moved = account and begun.records[user] or '', 0
  if raw ~= '' and account.past == '' then
    local at = ARGV[i + 2] == '' and now or tonumber(ARGV[i + 2])
    local state, _, last, clock = struct.unpack(RECORD, raw)
    local due = due_at(state, clock, begun.workflow, floor)
    if
      last > 0
      and last <= at
      and at <= now
      and at >= now - oldest_age
      and bit.band(begun.workflow.resumes, bit.lshift(1, state)) == 0
      and not (due and due <= now)
    then
      raw = string.sub(raw, 1, 7) .. struct.pack('>I6I6', at, math.max(clock, at)) .. string.sub(raw, 20)
      moved = 1
      begun.records[user] = raw
      begun.moved[#begun.moved + 1] = user
      begun.moved[#begun.moved + 1] = raw
    end
  end
  found[#found + 1] = moved
  found[#found + 1] = raw
  found[#found + 1] = begun.place
end
for _, begun in ipairs(begun_in_order) do
  if #begun.moved > 0 then
    write_although_full()
    redis.call('HSET', begun.account.users, unpack(begun.moved))
  end
end
return { 0, floor, policies, found }
