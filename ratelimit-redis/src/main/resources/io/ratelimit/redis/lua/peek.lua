-- A page of pending events of one priority.
--
-- KEYS meta pending:high pending:normal pending:low events attempts
-- ARGV priority after max
-- REPLY [id, attempts, record]…
-- COST O(log n) and O(1) for each event returned

local META, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, EVENTS, ATTEMPTS = unpack(KEYS)
local priority, after, max = unpack(ARGV)
-- @include basics
-- @include known

local answer = {}
local pending = { HIGH = PENDING_HIGH, NORMAL = PENDING_NORMAL, LOW = PENDING_LOW }
local ids = redis.call('ZRANGEBYSCORE', pending[priority], '(' .. after, '+inf', 'LIMIT', 0, max)
for _, id in ipairs(ids) do
  answer[#answer + 1] = id
  answer[#answer + 1] = tonumber(redis.call('HGET', ATTEMPTS, id) or 0)
  answer[#answer + 1] = redis.call('HGET', EVENTS, id)
end
return answer
