--! uses: partition, account, words
-- Read a stretch of an account's history.
--
-- ARGV: time, account, revision to go on after, commit time (ms UTC) before which nothing is wanted, how many
-- Returns {revision of the account, the revision after which it began, replication id (empty when the server does not tell it),
-- {id, event, user, name, actor, caller, words, ...}}. A server that took over, or was started again, has a new id, since its
-- history may differ.
local stream = P .. 'e:' .. ARGV[2]
local v = redis.call('HMGET', P .. 'a:' .. ARGV[2], 'rev', 'first', 'people')
local rev, first, people = tonumber(v[1] or 0), tonumber(v[2] or 0), v[3]
if not v[1] then
  first = tonumber(redis.call('GET', P .. 'first') or 0)
  rev = first
end
local after, since = tonumber(ARGV[3]), tonumber(ARGV[4])
if since > 0 then
  local head = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
  local low = math.max(after, head and tonumber(string.match(head[1], '^%d+')) - 1 or 0)
  after = committed_from(stream, low + 1, rev + 1, since) - 1
end
local found, resolve = {}, resolver(ARGV[2], people)
for _, entry in ipairs(redis.call('XRANGE', stream, string.format('%.0f', after + 1), '+', 'COUNT', ARGV[5])) do
  local at = #found
  found[at + 1], found[at + 2] = entry[1], entry[2][2]
  found[at + 3], found[at + 4], found[at + 5], found[at + 6], found[at + 7] = resolve(entry)
end
local info = redis.pcall('INFO', 'replication')
local lineage = type(info) == 'string' and string.match(info, 'master_replid:(%x+)') or ''
return { rev, first, lineage, found }
