--! uses: partition, words
-- Find the first event of an account that was committed at a time or later, and the first edge that was written then.
--
-- ARGV: time, account, that time (ms UTC)
-- Returns {0, known, summed, unedged, the revision of the event, the number of the edge, its id}, one more than the last where there
-- is none.
local v = redis.call('HMGET', P .. 'a:' .. ARGV[2], 'known', 'summed', 'unedged', 'first', 'rev', 'edges')
local stream, since = P .. 'e:' .. ARGV[2], tonumber(ARGV[3])
local head = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
local high = tonumber(v[5] or 0) + 1
local low = committed_from(stream, head and tonumber(string.match(head[1], '^%d+')) or high, high, since)
local edge = redis.call('XRANGE', P .. 'h:' .. ARGV[2], string.format('%.0f', math.max(since, 0)), '+', 'COUNT', 1)[1]
local number = edge and tonumber(string.match(edge[1], '%d+$')) or tonumber(v[6] or 0) + 1
-- Before what was summed last there may be changes of workflows, which a copy has taken along.
low = math.max(low, tonumber(v[2] or v[4] or 0) + 1)
return { 0, v[1] or 0, v[2] or v[4] or 0, v[3] or 0, low, number, edge and edge[1] or '+' }
