-- Ends the script unless the lease holds the event; sets `last`, the latest time of the namespace,
-- `attempt`, the lease's, and `held`, its content.
-- Needs META, LEASES, token, id and the includes basics and leases.

local last, due, attempt, held

-- Notes that something falls due at a time. If `due` is unknown, the next take finds out itself.
local function falls_due(at)
  if due and at < due then
    redis.call('HSET', META, 'due', at)
  end
end

do
  local m = redis.call('HMGET', META, 'format', 'now', 'due')
  local refused = refusal(m[1])
  if refused then
    return refused
  end
  held = parse_lease(redis.call('HGET', LEASES, token))
  if not held or held.id ~= id then
    return 0
  end
  last, due, attempt = m[2], tonumber(m[3]), held.attempt
end
