--! uses: partition, account, layers, index
-- Find the users of an account of whom something is known to be due, the longest overdue first.
--
-- ARGV: time, account, how many
-- Returns {user, record, ...}
local account = load_account(ARGV[2])
local now = time_now(vital(), account.committed)
return with_records(account, users_of(account, overdue_members(account, now, tonumber(ARGV[3]))))
