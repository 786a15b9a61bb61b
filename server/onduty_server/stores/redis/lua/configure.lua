--! uses: partition, account, layers, index, commit, settings
-- Change the workflow of an account (compare and set). The old one still decides for users due under it until now.
--
-- ARGV: time, account, longest history, expected workflow (empty: the account is new), expected past, expected floor,
-- workflow, mask of its times that mean now (1: enabled, 2: thresholds, 4: updated), how many changes of it to keep
-- Returns {1, now, floor, workflow, revision, when the partition has something due}, {0} when what is there is
-- something else, {-1} when a heartbeat must come first.
local ended, account, now, floor = begin(ARGV[2], true)
if ended then
  return ended
end
if (account and account.w or '') ~= ARGV[4] or (account and account.past or '') ~= ARGV[5] or floor ~= tonumber(ARGV[6]) then
  return { 0, now }
end
local past = ''
if account then
  local workflow = read_workflow(account.w)
  if workflow.revision > 0 and redis.call('EXISTS', settings_key(account.id)) == 0 then
    keep_workflow(account.id, workflow.revision, account.w)
  end
  local due = earliest(account, workflow, floor, now)
  if due and due <= now then
    past = account.past .. struct.pack(PAST, floor, now, account.rev, #account.w) .. account.w
  end
else
  account = create_account(ARGV[2], ARGV[7])
end
local resumes, enabled, thresholds, p1, p2, p3, updated = struct.unpack(WORKFLOW, ARGV[7])
local mask = tonumber(ARGV[8])
enabled = mask % 2 >= 1 and now or enabled
thresholds = mask % 4 >= 2 and now or thresholds
updated = mask >= 4 and now or updated
account.w = struct.pack(WORKFLOW, resumes, enabled, thresholds, p1, p2, p3, updated, account.rev + 1) .. string.sub(ARGV[7], 44)
append_event(account, struct.pack('>BI4BBI6I6', 1, 0, 0, 0, now, now) .. account.w, now, ARGV[3])
keep_workflow(account.id, account.rev, account.w)
redis.call('XTRIM', settings_key(account.id), 'MAXLEN', ARGV[9])
account.past, account.pasts = past, nil
if past ~= '' then
  redis.call('HSET', P .. 'a:' .. account.id, 'w', account.w, 'past', past, 'scan', 0)
else
  redis.call('HSET', P .. 'a:' .. account.id, 'w', account.w)
end
finish(account, now)
reschedule(account, read_workflow(account.w), floor, now)
return { 1, now, floor, account.w, account.rev, due_head() }
