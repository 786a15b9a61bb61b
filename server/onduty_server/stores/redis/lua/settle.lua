--! uses: partition, account, layers, index, words, commit
-- Write timed switches of users of one account (compare and set). A user who has changed since being read is skipped;
-- the next sweep looks again.
--
-- ARGV: time, holder and fence of the lease (empty: anyone's), account, longest history, expected workflow, expected past,
-- expected floor, how many other policies and, for each, team, expected workflow and past, then for each user: user, expected record, record, how many events, their bodies
-- Returns {0, now, when the partition has something due, the revision of each user written and 0 for others...},
-- {1} when the policy has changed, {-2} when the lease is another's.
local beat, _, floor = vital()
if ARGV[2] ~= '' and not holds_lease(ARGV[2], ARGV[3]) then
  return { -2, 0 }
end
local account = load_account(ARGV[4])
local now = time_now(beat, account and account.committed)
if not account or account.w ~= ARGV[6] or account.past ~= ARGV[7] or floor ~= tonumber(ARGV[8]) then
  return { 1, now }
end
for i = 10, 9 + 3 * tonumber(ARGV[9]), 3 do
  local scope = scope_of(account, ARGV[i])
  if scope.w ~= ARGV[i + 1] or scope.past ~= ARGV[i + 2] then
    return { 1, now }
  end
end
local reply = { 0, now, false }
local i = 10 + 3 * tonumber(ARGV[9])
while i <= #ARGV do
  local user, expected, record, count = ARGV[i], ARGV[i + 1], ARGV[i + 2], tonumber(ARGV[i + 3])
  local events = {}
  for j = 1, count do
    events[j] = { ARGV[i + 3 + j], false }
  end
  i = i + 4 + count
  if redis.call('HGET', account.users, user) == expected then
    apply(account, user, expected, record, 0, events, now, ARGV[5])
    reply[#reply + 1] = account.rev
  else
    reply[#reply + 1] = 0
  end
end
finish(account, now)
reschedule(account, floor, now)
reply[3] = due_head()
return reply
