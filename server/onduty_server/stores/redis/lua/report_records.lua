--! uses: partition, account, layers, index
-- Read the records of some people for a report.
--
-- ARGV: time, account, "positions" and then positions (4 bytes each, in one), or "users" and then their ids
-- Returns {0, revision, how many edges there are, {user, record, ...}}, both empty for somebody erased, and the record for one who
-- is not there; positions behind the last are left out. {1} when there is no such account.
local account = load_account(ARGV[2])
if not account then
  return { 1 }
end
local users = { unpack(ARGV, 4) }
if ARGV[3] == 'positions' then
  local members = {}
  for at = 1, #ARGV[4], 4 do
    members[#members + 1] = string.sub(ARGV[4], at, at + 3)
  end
  users = users_of(account, members)
end
local found = {}
while #users > 0 and not users[#users] do
  table.remove(users)
end
for i, raw in ipairs(#users > 0 and redis.call('HMGET', account.users, unpack(users)) or {}) do
  found[2 * i - 1] = string.byte(users[i], 1) ~= 0 and users[i] or ''
  found[2 * i] = raw or ''
end
return { 0, account.rev, tonumber(redis.call('HGET', P .. 'a:' .. account.id, 'edges') or 0), found }
