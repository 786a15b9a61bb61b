--! uses: partition, account, index
-- Find the users who have waited long, by the lower bound of their clock, for the preview of a workflow change.
--
-- ARGV: time, account, queue (1 to 3; 0: those known to be overdue), bound up to which (ms UTC), rank to begin with, how many
-- Returns {user, record, ...}
local account = load_account(ARGV[2])
local key = ARGV[3] == '0' and overdue_key(account) or queue_key(account, ARGV[3])
local members = redis.call('ZRANGEBYSCORE', key, '-inf', ARGV[4], 'LIMIT', ARGV[5], ARGV[6])
return with_records(account, users_of(account, members))
