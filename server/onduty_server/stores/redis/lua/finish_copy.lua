-- Turn a complete copy into a store, if no other copy has been started to the same place.
--
-- KEYS: the key prefix that all partitions share
-- ARGV: the mark of the copy, the schema
-- Returns 1, or 0 when another copy has begun.
if redis.call('GET', KEYS[1] .. 'schema') ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1] .. 'schema', ARGV[2])
return 1
