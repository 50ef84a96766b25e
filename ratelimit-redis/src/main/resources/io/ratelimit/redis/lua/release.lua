-- Gives the event back unprocessed: it is pending again in its old place, and the attempt does not count.
--
-- KEYS meta scope pending:high pending:normal pending:low types events attempts leased leases returned limits:held keyed flows lines turns closed loads expiring latest waiting
-- ARGV token id channel client
-- REPLY 1, or 0 if the lease no longer holds the event
-- COST O(log n)

local META, SCOPE, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS, ATTEMPTS, LEASED, LEASES,
  RETURNED,
  LIMITS_HELD, KEYED, FLOWS, LINES, TURNS, CLOSED, LOADS, EXPIRING, LATEST, WAITING = unpack(KEYS)
local token, id, channel, client = unpack(ARGV)
-- @include basics
-- @include charges
-- @include events
-- @include loads
-- @include keyed
-- @include terms
-- @include placed
-- @include scoped
-- @include freed
-- @include leases
-- @include held
-- @include wake
-- @include waiters
-- @include returned

end_lease(token)
local is_freed = free(id, held.held)
local record = redis.call('HGET', EVENTS, id)
if record and has_terms(held.held) and termed().is_outdated(id, held.held) then
  termed().drop(id)
elseif record then
  make_pending(id, record)
  note_return('e' .. id)
else
  redis.call('HDEL', ATTEMPTS, id, '\1' .. id)
end
wake_for(1, name_of_type(held.type_key), channel, client, is_freed)
return 1
