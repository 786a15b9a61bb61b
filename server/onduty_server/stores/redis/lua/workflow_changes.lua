--! uses: partition, account, words
-- Read what changes of an account's workflows left behind, newest first.
--
-- ARGV: time, account, revision before which to begin, how many
-- Returns {0, {revision, workflow, actor, caller, 1 when the workflow has them itself and 2 when it is what is in force
-- in an account without a history, ...}, 1 when there are more}.
local account = load_account(ARGV[2])
if not account then
  return { 0, {}, 0 }
end
local found, resolve = {}, resolver(account.id, false)
local key = P .. 'c:' .. account.id
local entries = redis.call('XREVRANGE', key, string.format('%.0f', tonumber(ARGV[3]) - 1), '-', 'COUNT', ARGV[4])
for _, entry in ipairs(entries) do
  local at, revision = #found, (string.match(entry[1], '^%d+'))
  if entry[2][1] == 'v' then
    local _, _, actor, caller = resolve({ entry[1], { 'e', string.char(WORKFLOW_EVENT) .. string.rep('\0', 18) .. entry[2][2] } })
    found[at + 1], found[at + 2], found[at + 3], found[at + 4], found[at + 5] = revision, workflow_in(entry[2][2]), actor, caller, 0
  else
    found[at + 1], found[at + 2], found[at + 3], found[at + 4], found[at + 5] = revision, entry[2][2], '', '', 1
  end
end
-- An account from before this history was kept has what is in force, until it is changed.
local revision = read_workflow(account.w).revision
if revision > 0 and revision < tonumber(ARGV[3]) and redis.call('EXISTS', key) == 0 then
  found = { string.format('%.0f', revision), account.w, '', '', 2 }
end
return { 0, found, #entries == tonumber(ARGV[4]) and 1 or 0 }
