-- A page of pending events of one priority.
--
-- KEYS meta pending:high pending:normal pending:low types events attempts aside aside:types
-- ARGV priority after max
-- REPLY [id, attempts, record]…
-- COST O(log n) and O(1) for each event returned

local META, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS, ATTEMPTS, ASIDE, ASIDE_TYPES = unpack(KEYS)
local priority, after, max = unpack(ARGV)
-- @include basics
-- @include events
-- @include aside
-- @include known

local answer = {}
priority = ({ HIGH = '0', NORMAL = '1', LOW = '2' })[priority]
local page = {}
local function add(found, base)
  for i = 1, #found, 2 do
    page[#page + 1] = { id = found[i], sequence = found[i + 1] - base }
  end
end
add(redis.call('ZRANGEBYSCORE', PENDING[priority], '(' .. after, '+inf', 'WITHSCORES', 'LIMIT', 0, max), 0)
add(aside_range(priority, tonumber(after), SPAN, max), aside_score(priority, 0))
table.sort(page, function(one, other) return one.sequence < other.sequence end)
for i = 1, math.min(#page, max) do
  local id = page[i].id
  answer[#answer + 1] = id
  answer[#answer + 1] = tonumber(redis.call('HGET', ATTEMPTS, id) or 0)
  answer[#answer + 1] = redis.call('HGET', EVENTS, id)
end
return answer
