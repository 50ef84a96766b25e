-- Returns failed events, the latest first, after skipping `after` of them: a bounded number of bytes,
-- or one event.
--
-- KEYS meta failed:times failed:events attempts
-- ARGV after max
-- REPLY 1 if there may be more or 0, [sequence, "failedAt attempts idLength reasonLength " and then id, reason and record,
--         "failedAt " and then what became of its attempts, or '']…
-- COST O(log failed) and O(1) for each event returned

local META, FAILED_TIMES, FAILED_EVENTS, ATTEMPTS = unpack(KEYS)
local after, max = unpack(ARGV)
-- @include basics
-- @include known
-- @include page

for _, sequence in ipairs(redis.call('ZREVRANGE', FAILED_TIMES, after, after + max - 1)) do
  local failure = redis.call('HGET', FAILED_EVENTS, sequence)
  local past = redis.call('HGET', ATTEMPTS, '\2' .. sequence)
  if not add_row(failure, tonumber(sequence) or 0, failure or '', past or '') then
    break
  end
end
return page
