-- The events that failed last, the latest first.
--
-- KEYS meta failed:times failed:events
-- ARGV max
-- REPLY ["failedAt attempts idLength reasonLength " and then id, reason and record]…
-- COST O(log failed) and O(1) for each event returned

local META, FAILED_TIMES, FAILED_EVENTS = unpack(KEYS)
local max = unpack(ARGV)
-- @include basics
-- @include known

local sequences = redis.call('ZREVRANGE', FAILED_TIMES, 0, max - 1)
if #sequences == 0 then
  return {}
end
return redis.call('HMGET', FAILED_EVENTS, unpack(sequences))
