-- Reads the limit's settings, and seeds missing ones. Every client runs it first.
--
-- KEYS meta scope starts limits
-- ARGV given seen remembered start_up
-- REPLY now, latest start, settings, epoch and server or nil (ask again)
-- COST O(1)

local META, SCOPE, STARTS, LIMITS = unpack(KEYS)
local given, seen, remembered, start_up = unpack(ARGV)
-- @include basics
-- @include limiter
-- @include state
-- @include loaded

return reply()
