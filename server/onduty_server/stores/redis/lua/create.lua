--! uses: partition, account, layers, index, words, commit
-- Create an account without users.
--
-- ARGV: time, account, workflow
-- Returns {1, now} when it was created, {0, now} when it is there, or {-1} when a heartbeat must come first.
local ended, account, now = begin(ARGV[2], true)
if ended then
  return ended
end
if account then
  return { 0, now }
end
finish(create_account(ARGV[2], ARGV[3]), now)
return { 1, now }
