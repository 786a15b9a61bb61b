--! uses: partition, account
-- Read the policy of an account, and of a team or of all teams that follow it.
--
-- ARGV: time, account, team (empty: none), 1 when something is to be decided
-- Returns {0, now, floor, workflow, past, {team, workflow, past, ...}}: of the team if it has, or has had, a workflow of its own;
-- without a team, of all that had one and follow the account's. {1} when there is no such account, {-1} when a heartbeat must
-- come first.
local ended, account, now, floor = begin(ARGV[2], ARGV[4] == '1')
if ended then
  return ended
end
if not account then
  return { 1, now, floor or 0, '', '', {} }
end
local teams, found = { ARGV[3] }, {}
if ARGV[3] == '' then
  teams = account.own > 0 and redis.call('SMEMBERS', P .. 'f:' .. account.id) or {}
end
for _, team in ipairs(teams) do
  local scope = scope_of(account, team)
  if scope.has_own then
    found[#found + 1] = team
    found[#found + 1] = scope.w
    found[#found + 1] = scope.past
  end
end
return { 0, now, floor, account.w, account.past, found }
