-- Returns a page of the failed queue: a bounded number of bytes, or one event.
--
-- KEYS meta failed failed:events attempts
-- ARGV after max
-- REPLY 1 if there may be more or 0, [sequence, "failedAt attempts idLength reasonLength " and then id, reason and record,
--         "failedAt " and then what became of its attempts, or '']…
-- COST O(log failed) and O(1) for each event returned

local META, FAILED, FAILED_EVENTS, ATTEMPTS = unpack(KEYS)
local after, max = unpack(ARGV)
-- @include basics
-- @include known
-- @include page

local sequences =
  redis.call('ZRANGEBYSCORE', FAILED, '(' .. after, int(FAR), 'WITHSCORES', 'LIMIT', 0, max)
for i = 1, #sequences, 2 do
  local failure = redis.call('HGET', FAILED_EVENTS, sequences[i])
  local past = redis.call('HGET', ATTEMPTS, '\2' .. sequences[i])
  if not add_row(failure, math.ceil(sequences[i + 1]), failure or '', past or '') then
    break
  end
end
return page
