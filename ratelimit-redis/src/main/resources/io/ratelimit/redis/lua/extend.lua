-- Extends a lease to `micros` from now.
--
-- KEYS meta scope leased leases
-- ARGV given token id micros channel client
-- REPLY 1, 2 if it now ends earlier than it did, or 0 if the lease no longer holds the event
-- COST O(log leases)

local META, SCOPE, LEASED, LEASES = unpack(KEYS)
local given, token, id, micros, channel, client = unpack(ARGV)
-- @include basics
-- @include clock
-- @include leases
-- @include held
-- @include wake

local expires = clock(given, last) + whole('micros', micros, 1, FAR)
local before = tonumber(redis.call('ZSCORE', LEASED, token)) or expires
write_even_if_full()
redis.call('ZADD', LEASED, expires, token)
falls_due(expires)
if expires < before then
  -- A client that sleeps until something falls due must learn of anything that falls due earlier.
  wake(channel, client)
  return 2
end
return 1
