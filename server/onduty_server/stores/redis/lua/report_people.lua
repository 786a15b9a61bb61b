--! uses: partition, account, layers, index
-- Read the states and teams of an account's people for a report, in the order in which they were first seen.
--
-- ARGV: time, account, position, how many, 1 when their teams are wanted
-- Returns {0, revision, how many edges there are, the first byte of each record (0: erased), the places of teams in the list that
-- follows (2 bytes each; empty unless wanted), {team, ...}, {layers, ...} of those who have any}; {1} when there is no such
-- account.
local account = load_account(ARGV[2])
if not account then
  return { 1 }
end
local edges = tonumber(redis.call('HGET', P .. 'a:' .. account.id, 'edges') or 0)
local users = users_from(account, tonumber(ARGV[3]), tonumber(ARGV[4]))
if #users == 0 then
  return { 0, account.rev, edges, '', '', {}, {} }
end
local firsts, places, teams, place_of, layers = {}, {}, {}, {}, {}
for i, raw in ipairs(redis.call('HMGET', account.users, unpack(users))) do
  local first, team = 0, ''
  if raw then
    first = string.byte(raw, 1)
    team = ARGV[5] == '1' and team_of(raw) or ''
    if first >= FLAG then
      layers[#layers + 1] = struct.unpack(LAYERS, raw, LAYERS_AT)
    end
  end
  firsts[i] = string.char(first)
  if ARGV[5] == '1' then
    if not place_of[team] then
      teams[#teams + 1] = team
      place_of[team] = struct.pack('>I2', #teams - 1)
    end
    places[i] = place_of[team]
  end
end
return { 0, account.rev, edges, table.concat(firsts), table.concat(places), teams, layers }
