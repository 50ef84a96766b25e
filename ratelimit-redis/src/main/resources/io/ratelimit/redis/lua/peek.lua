-- A page of pending events of one priority: so many bytes at most, or one event.
--
-- KEYS meta pending:high pending:normal pending:low events attempts
-- ARGV priority after max
-- REPLY 1 if there may be more or 0, [sequence, id, attempts, record]…
-- COST O(log n) and O(1) for each event returned

local META, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, EVENTS, ATTEMPTS = unpack(KEYS)
local priority, after, max = unpack(ARGV)
-- @include basics
-- @include attempts
-- @include known
-- @include page

local pending = { HIGH = PENDING_HIGH, NORMAL = PENDING_NORMAL, LOW = PENDING_LOW }
local ids = redis.call(
  'ZRANGEBYSCORE', pending[priority], '(' .. after, int(FAR), 'WITHSCORES', 'LIMIT', 0, max)
for i = 1, #ids, 2 do
  local record = redis.call('HGET', EVENTS, ids[i])
  if not add_row(record, math.ceil(ids[i + 1]), ids[i],
    attempts_of(redis.call('HGET', ATTEMPTS, ids[i])), record or '') then
    break
  end
end
return page
