-- The attempt failed, and the event waits for another.
--
-- KEYS meta delayed leased leases
-- ARGV given token id delay channel client
-- REPLY 1, or 0 if the lease no longer holds the event
-- COST O(log leases + log delayed)

local META, DELAYED, LEASED, LEASES = unpack(KEYS)
local given, token, id, delay, channel, client = unpack(ARGV)
-- @include basics
-- @include leases
-- @include held
-- @include wake

local now = clock(given, last)
end_lease(token)
redis.call('ZADD', DELAYED, now + delay, id)
redis.call('HSET', META, 'now', int(now))
-- Whoever sleeps until something falls due must hear of what falls due earlier.
if redis.call('ZRANGE', DELAYED, 0, 0)[1] == id then
  wake(channel, client)
end
return 1
