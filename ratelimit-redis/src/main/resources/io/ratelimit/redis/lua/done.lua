-- The events that were done last, newest first, as far as they are retained.
--
-- KEYS meta done
-- ARGV max
-- REPLY ["doneAt attempts idLength " and then id and record]…
-- COST O(1) for each event returned

local META, DONE = unpack(KEYS)
local max = unpack(ARGV)
-- @include basics
-- @include known

return redis.call('LRANGE', DONE, 0, max - 1)
