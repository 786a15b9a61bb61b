--! uses: partition, account, settings
-- Read what changes of an account's workflow left behind, newest first.
--
-- ARGV: time, account, revision before which to begin, how many
-- Returns {0, workflow...}.
local account = load_account(ARGV[2])
local found = { 0 }
if not account then
  return found
end
local before = string.format('%.0f', tonumber(ARGV[3]) - 1)
for _, entry in ipairs(redis.call('XREVRANGE', settings_key(account.id), before, '-', 'COUNT', ARGV[4])) do
  found[#found + 1] = entry[2][2]
end
-- An account from before this history was kept has what is in force, until it is changed.
local revision = read_workflow(account.w).revision
if revision > 0 and revision < tonumber(ARGV[3]) and redis.call('EXISTS', settings_key(account.id)) == 0 then
  found[2] = account.w
end
return found
