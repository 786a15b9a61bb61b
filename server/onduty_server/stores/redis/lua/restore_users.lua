--! uses: partition, account, layers, index, words, commit
-- Write the next users of an account of another store, with every index, by the same code that a server uses.
--
-- ARGV: time, account, position of the first, then for each user: user, record; of one who was erased nothing, and the revision
-- of the erasure
-- Returns 1, or 0 when another position is next.
local beat, _, floor = vital()
local account = load_account(ARGV[2])
if not account or next_position(account) ~= tonumber(ARGV[3]) then
  return 0
end
local now = time_now(beat, account.committed)
for i = 4, #ARGV, 2 do
  local user, record = ARGV[i], ARGV[i + 1]
  if user == '' then
    redis.call('RPUSH', order_key(account, next_position(account)), '\0' .. record)
    account.gone = account.gone + 1
    set_more(account.id, 'gone', account.gone)
  else
    if string.byte(record, 1) % FLAG >= PROFILED and not account.people then
      set_more(account.id, 'people', 1)
      account.people = true
    end
    reference(account, other_actor(record, user))
    apply(account, user, '', record, 0, {}, now, 0)
  end
end
reschedule(account, floor, now)
return 1
