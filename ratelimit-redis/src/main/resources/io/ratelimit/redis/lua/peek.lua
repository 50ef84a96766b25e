-- A page of pending events of one priority: so many bytes at most, or one event.
--
-- KEYS meta pending:high pending:normal pending:low types events attempts aside aside:types keyed
-- ARGV priority after max
-- REPLY 1 if there may be more or 0, [sequence, id, attempts, record]…
-- COST O(log n) and O(1) for each event returned

local META, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS, ATTEMPTS, ASIDE, ASIDE_TYPES,
  KEYED = unpack(KEYS)
local priority, after, max = unpack(ARGV)
-- @include basics
-- @include charges
-- @include events
-- @include aside
-- @include attempts
-- @include known
-- @include page

priority = ({ HIGH = '0', NORMAL = '1', LOW = '2' })[priority]
max = tonumber(max)
local rows = {}
local function add_rows(found, base)
  for i = 1, #found, 2 do
    rows[#rows + 1] = { id = found[i], sequence = math.ceil(found[i + 1] - base) }
  end
end
add_rows(redis.call('ZRANGEBYSCORE', PENDING[priority], '(' .. after, int(FAR), 'WITHSCORES', 'LIMIT', 0, max), 0)
add_rows(aside_range(priority, tonumber(after), SPAN, max), aside_score(priority, 0))
add_rows(redis.call('ZRANGEBYSCORE', KEYED, '(' .. int(aside_score(priority, math.min(tonumber(after), SPAN - 1))),
  int(aside_score(priority, SPAN - 1)), 'WITHSCORES', 'LIMIT', 0, max), aside_score(priority, 0))
table.sort(rows, function(one, other) return one.sequence < other.sequence end)
for i = 1, math.min(#rows, max) do
  local id = rows[i].id
  local record = redis.call('HGET', EVENTS, id)
  if not add_row(record, rows[i].sequence, id, attempts_of(redis.call('HGET', ATTEMPTS, id)), record or '') then
    break
  end
end
return page
