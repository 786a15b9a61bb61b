--! uses: partition, account, index
-- Find the users of an account who are known to be overdue, the longest overdue first.
--
-- ARGV: time, account, how many
-- Returns {user, record, ...}
local account = load_account(ARGV[2])
local members = redis.call('ZRANGEBYSCORE', overdue_key(account), '-inf', '+inf', 'LIMIT', 0, ARGV[3])
return with_records(account, users_of(account, members))
