--! uses: partition
-- Read a stretch of an account's history.
--
-- ARGV: time, account, revision to go on after, commit time (ms UTC) before which nothing is wanted, how many
-- Returns {revision of the account, replication id (empty when the server does not tell it), {id, fields} ...}. A server that
-- took over, or was started again, has a new id, since its history may differ.
local stream = P .. 'e:' .. ARGV[2]
local rev = tonumber(redis.call('HGET', P .. 'a:' .. ARGV[2], 'rev') or 0)
local after, since = tonumber(ARGV[3]), tonumber(ARGV[4])
if since > 0 then
  -- Commit times grow with the revision: a binary search finds the first that is late enough.
  local head = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
  local low = math.max(after, head and tonumber(string.match(head[1], '^%d+')) - 1 or 0)
  local high = rev
  while low < high do
    local middle = math.floor((low + high) / 2)
    local entry = redis.call('XRANGE', stream, string.format('%.0f', middle + 1), '+', 'COUNT', 1)[1]
    if entry and struct.unpack('>I6', entry[2][2], 14) < since then
      low = middle + 1
    else
      high = middle
    end
  end
  after = low
end
local info = redis.pcall('INFO', 'replication')
local lineage = type(info) == 'string' and string.match(info, 'master_replid:(%x+)') or ''
return { rev, lineage, redis.call('XRANGE', stream, string.format('%.0f', after + 1), '+', 'COUNT', ARGV[5]) }
