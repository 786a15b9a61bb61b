-- Make a store of a copy that is complete, if it is still this copy that is being written.
--
-- KEYS: the key prefix that all partitions share
-- ARGV: the mark of the copy, the schema
-- Returns 1, or 0 when another copy has begun.
if redis.call('GET', KEYS[1] .. 'schema') ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1] .. 'schema', ARGV[2])
return 1
