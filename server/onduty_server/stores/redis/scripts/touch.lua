--! uses: partition, account
-- An activity. In order, of a user whose status stays: move the clock, which is `rules.record_activity` for the case in
-- which nothing happens. Anything else: say what is there, and let Python decide.
--
-- ARGV: time, account, user, time of the activity (empty: now), the oldest age (ms) that is taken
-- Returns {1 when the clock was moved, now, floor, record, workflow, past, revision}, or {-1} when a heartbeat must come first.
local beat, horizon, floor = vital()
local account = load_account(ARGV[2])
local now = time_now(beat, account and account.committed)
if not horizon or now > horizon then
  return { -1, now }
end
if not account then
  return { 0, now, floor, '', '', '', 0 }
end
local raw = redis.call('HGET', account.users, ARGV[3]) or ''
if raw ~= '' and account.past == '' then
  local at = ARGV[4] == '' and now or tonumber(ARGV[4])
  local state, _, last, clock = struct.unpack(RECORD, raw)
  local workflow = read_workflow(account.w)
  local due = due_at(state, clock, workflow, floor)
  if
    last > 0
    and last <= at
    and at <= now
    and at >= now - tonumber(ARGV[5])
    and bit.band(workflow.resumes, bit.lshift(1, state)) == 0
    and not (due and due <= now)
  then
    raw = string.sub(raw, 1, 7) .. struct.pack('>I6I6', at, math.max(clock, at)) .. string.sub(raw, 20)
    redis.call('HSET', account.users, ARGV[3], raw)
    return { 1, now, floor, raw, account.w, '', account.rev }
  end
end
return { 0, now, floor, raw, account.w, account.past, account.rev }
