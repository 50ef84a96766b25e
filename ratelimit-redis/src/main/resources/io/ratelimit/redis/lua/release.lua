-- Gives the event back unprocessed: pending again in its old place, and the attempt does not count.
--
-- KEYS meta pending:high pending:normal pending:low types events leased leases
-- ARGV token id channel client
-- REPLY 1, or 0 if the lease no longer holds the event
-- COST O(log n)

local META, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS, LEASED, LEASES = unpack(KEYS)
local token, id, channel, client = unpack(ARGV)
-- @include basics
-- @include events
-- @include leases
-- @include held
-- @include wake

end_lease(token)
make_pending(id, redis.call('HGET', EVENTS, id))
wake(channel, client)
return 1
