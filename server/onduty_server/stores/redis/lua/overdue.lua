--! uses: partition, account, layers, index
-- Find the users of an account of whom something is known to be due, the longest overdue first.
--
-- ARGV: time, account, how many
-- Returns {now, floor, workflow, past, {team, workflow, past, ...}, {user, record, ...}}, or {} when there is no such account.
local account = load_account(ARGV[2])
if not account then
  return {}
end
local beat, _, floor = vital()
local now = time_now(beat, account.committed)
local found = with_records(account, users_of(account, overdue_members(account, now, tonumber(ARGV[3]))))
return { now, floor, account.w, account.past, policies_of(account, found), found }
