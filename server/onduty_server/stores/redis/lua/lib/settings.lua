-- The history of an account's workflow: a stream of its own, because it is kept longer than that of statuses.

local function settings_key(id)
  return P .. 'c:' .. id
end

-- Keep a workflow as the change of a revision left it.
local function keep_workflow(id, revision, workflow)
  redis.call('XADD', settings_key(id), string.format('%.0f-0', revision), 'w', workflow)
end
