--! uses: partition, account, layers, index
-- Read users in the order in which they were first seen.
--
-- ARGV: time, account, position, how many, team (empty: of all)
-- Returns {0, now, floor, workflow, past, revision, the position at which to go on (0: there are no more), {user, record, ...},
-- {team, workflow, past, ...}}, {1, now, revision} when there is no such account, or {-1} when a heartbeat must come first.
local ended, account, now, floor = begin(ARGV[2])
if ended then
  return ended
end
if not account then
  return { 1, now, tonumber(redis.call('GET', P .. 'first') or 0) }
end
local position, count = tonumber(ARGV[3]), tonumber(ARGV[4])
local found, next_one = nil, 0
if ARGV[5] == '' then
  found = with_records(account, users_from(account, position, count))
  if position + count < next_position(account) then
    next_one = position + count
  end
else
  local key = members_key(scope_of(account, ARGV[5]))
  local members = redis.call('ZRANGEBYSCORE', key, position, '+inf', 'LIMIT', 0, count + 1)
  if #members > count then
    next_one = struct.unpack('>I4', table.remove(members))
  end
  found = with_records(account, users_of(account, members))
end
return { 0, now, floor, account.w, account.past, account.rev, next_one, found, policies_of(account, found) }
