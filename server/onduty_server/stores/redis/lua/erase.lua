--! uses: full, partition, account, layers, index, words, commit
-- Erase a user of whom nothing is due (compare and set). What names the user elsewhere is found and erased by `scrub.lua`.
-- Until that has been done and watchers have been told, there is a mark, from which the erasure can be completed.
--
-- ARGV: time, account, longest history, user, expected record, workflow, past and floor, until when (exclusive; empty: for
-- ever) nothing is due, the state that is shown, then for each edge its body and 1 when its time means now
-- Returns {1, now, revision, when the partition has something due, 1 when something else names the user}, {0} when what is
-- there is something else, {3} when the account's history is of an older schema, or {-1} when a heartbeat must come first.
local ended, account, now, floor = begin(ARGV[2], true)
if ended then
  return ended
end
local user, expected = ARGV[4], ARGV[5]
local raw = account and redis.call('HGET', account.users, user)
if not raw or raw ~= expected or floor ~= tonumber(ARGV[8]) or (ARGV[9] ~= '' and now >= tonumber(ARGV[9])) then
  return { 0, now }
end
local scope = scope_of(account, team_of(raw))
if scope.w ~= ARGV[6] or scope.past ~= ARGV[7] then
  return { 0, now }
end
if redis.call('HGET', P .. 'a:' .. account.id, 'v') ~= '4' then
  return { 3, now }
end
write_although_full()
local position, was = struct.unpack('>I4', raw, 26), read_record(raw)
local revision = string.format('%.0f', account.rev + 1)
local number = redis.call('HGET', P .. 'i:' .. account.id, user)
redis.call('HSET', P .. 'p:' .. account.id, revision, table.concat({ now, number and 1 or 0, user }, ' '))
redis.call('SADD', P .. 'erasing', account.id)
redis.call('HDEL', account.users, user)
redis.call('LSET', order_key(account, position), position % ORDER_CHUNK, '\0' .. revision)
account.gone = account.gone + 1
set_more(account.id, 'gone', account.gone)
index(account, position, was, NOBODY)
index_actor(account, position, other_actor(raw, user), '')
redis.call('UNLINK', words_key(account.id, position))
if number then
  redis.call('HDEL', P .. 'i:' .. account.id, user)
  redis.call('HDEL', P .. 'j:' .. account.id, number)
end
local actors = P .. 'y:' .. account.id
local named = redis.call('ZRANGEBYLEX', actors, '[' .. user .. '\31', '(' .. user .. '\32', 'LIMIT', 0, 1)
local tail = was.team ~= '' and '\0\0\0' .. was.team or ''
append_event(account, struct.pack('>BI4BBI6I6', ERASURE_EVENT, position, ARGV[10], ARGV[10], now, now) .. tail, ARGV[3])
local edges = {}
for i = 11, #ARGV, 2 do
  edges[#edges + 1] = { ARGV[i], ARGV[i + 1] == '1' }
end
if #edges > 0 then
  append_edges(account, position, edges, now)
end
finish(account, now)
reschedule(account, floor, now)
return { 1, now, revision, due_head(), (number or #named > 0) and 1 or 0 }
