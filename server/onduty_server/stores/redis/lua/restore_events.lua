--! uses: partition, settings
-- Write the next events of an account of another store.
--
-- ARGV: time, account, commit time of the first, then for each event: revision, body
-- Returns 1.
for i = 4, #ARGV, 2 do
  redis.call('XADD', P .. 'e:' .. ARGV[2], ARGV[i] .. '-0', 'e', ARGV[i + 1])
  if string.byte(ARGV[i + 1]) == 1 then
    keep_workflow(ARGV[2], tonumber(ARGV[i]), string.sub(ARGV[i + 1], 20))
  end
end
redis.call('ZADD', P .. 'history', 'NX', ARGV[3], ARGV[2])
return 1
