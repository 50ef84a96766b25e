-- Ends the script unless the lease holds the event; sets `last`, the latest time of the namespace.
-- Needs META, LEASES, token, id and the includes basics and leases.

local last
do
  local m = redis.call('HMGET', META, 'format', 'now')
  local refused = refusal(m[1])
  if refused then
    return refused
  end
  local lease = redis.call('HGET', LEASES, token)
  if not lease or leased_id(lease) ~= id then
    return 0
  end
  last = m[2]
end
