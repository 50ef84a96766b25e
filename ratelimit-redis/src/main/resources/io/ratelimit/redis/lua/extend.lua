-- Holds the event for so long from now.
--
-- KEYS meta scope leased leases
-- ARGV given token id micros
-- REPLY when the lease now ends, or 0 if it no longer holds the event
-- COST O(log leases)

local META, SCOPE, LEASED, LEASES = unpack(KEYS)
local given, token, id, micros = unpack(ARGV)
-- @include basics
-- @include clock
-- @include leases
-- @include held

local expires = clock(given, last) + whole('micros', micros, 1, FAR)
write_even_if_full()
redis.call('ZADD', LEASED, expires, token)
falls_due(expires)
return expires
