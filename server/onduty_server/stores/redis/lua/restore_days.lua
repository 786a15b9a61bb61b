--! uses: partition, words, sums
-- Write the next daily sums of an account of another store.
--
-- ARGV: time, account, then for each sum: start and end of the day, position, code, team, value (as in `lib/sums.lua`)
-- Returns 1.
local sums = open_sums(ARGV[2], '', 0, 0)
for i = 3, #ARGV, 6 do
  local start, till = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  local day = keep_day(sums, start, till)
  add_sum(sums, day, tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3]), ARGV[i + 4], tonumber(ARGV[i + 5]))
end
return 1
