--! uses: partition, account, index
-- Whether everything that is effective by now has been recorded.
--
-- ARGV: time, account, budget
-- Returns {1 when it has, now, revision}; {0, now} when not, {-1} when a heartbeat must come first.
local ended, account, now, floor = begin(ARGV[2])
if ended then
  return ended
end
if not account then
  return { 1, now, 0 }
end
local workflow = read_workflow(account.w)
local complete = collect(account, workflow, floor, now, tonumber(ARGV[3]))
if complete then
  forget_past(account)
end
reschedule(account, workflow, floor, now)
if not complete or account.past ~= '' or redis.call('EXISTS', overdue_key(account)) == 1 then
  return { 0, now, due_head() }
end
return { 1, now, account.rev }
