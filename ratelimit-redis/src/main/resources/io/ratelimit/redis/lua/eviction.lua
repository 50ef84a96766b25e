-- Returns the server's eviction policy.
--
-- KEYS meta
-- ARGV
-- REPLY its name, or nil if the user may not ask
-- COST O(1)

local META = unpack(KEYS)
-- @include basics
-- @include known

local info = redis.pcall('INFO', 'memory')
return { type(info) == 'string' and string.match(info, 'maxmemory_policy:(%S+)') or false }
