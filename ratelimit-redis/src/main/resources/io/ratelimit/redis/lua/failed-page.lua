-- A page of the failed queue.
--
-- KEYS meta failed failed:events
-- ARGV after max
-- REPLY ["failedAt attempts idLength reasonLength " and then id, reason and record]…
-- COST O(log failed) and O(1) for each event returned

local META, FAILED, FAILED_EVENTS = unpack(KEYS)
local after, max = unpack(ARGV)
-- @include basics
-- @include known

local sequences = redis.call('ZRANGEBYSCORE', FAILED, '(' .. after, '+inf', 'LIMIT', 0, max)
if #sequences == 0 then
  return {}
end
return redis.call('HMGET', FAILED_EVENTS, unpack(sequences))
