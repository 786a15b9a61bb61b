--! uses: partition, account, layers, index, words, commit
-- Write the next users of an account of another store, with every index, by the same code that a server uses.
--
-- ARGV: time, account, position of the first, then for each user: user, record
-- Returns 1, or 0 when another position is next.
local beat, _, floor = vital()
local account = load_account(ARGV[2])
if not account or next_position(account) ~= tonumber(ARGV[3]) then
  return 0
end
local now = time_now(beat, account.committed)
for i = 4, #ARGV, 2 do
  apply(account, ARGV[i], '', ARGV[i + 1], 0, {}, now, '')
end
reschedule(account, floor, now)
return 1
