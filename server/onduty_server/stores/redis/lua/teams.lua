--! uses: partition, account, layers, index
-- List teams in the order of their ids.
--
-- ARGV: time, account, team after which to begin (empty: at the first), how many
-- Returns {0, {team, users, workflow (empty: none of its own), ...}, 1 when there are more}
local account = load_account(ARGV[2])
local found = {}
if not account or not account.people then
  return { 0, found, 0 }
end
local from = ARGV[3] == '' and '-' or '(' .. ARGV[3]
local teams = redis.call('ZRANGEBYLEX', teams_key(account, 'k'), from, '+', 'LIMIT', 0, ARGV[4])
for _, team in ipairs(teams) do
  local scope = scope_of(account, team)
  found[#found + 1] = team
  found[#found + 1] = redis.call('ZCARD', members_key(scope))
  found[#found + 1] = scope.has_own and scope.w or ''
end
return { 0, found, #teams == tonumber(ARGV[4]) and 1 or 0 }
