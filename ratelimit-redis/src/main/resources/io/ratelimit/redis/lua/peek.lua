-- Returns a page of pending events of one priority: a bounded number of bytes, or one event.
--
-- KEYS meta pending:high pending:normal pending:low fresh:high fresh:normal fresh:low types events attempts aside aside:types keyed
-- ARGV priority after max
-- REPLY 1 if there may be more or 0, [sequence, id, attempts, record]…
-- COST O(log n), as `cancel` in a list, and O(1) for each event returned, or withdrawn between them

local META, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW,
  FRESH_HIGH, FRESH_NORMAL, FRESH_LOW, TYPES, EVENTS, ATTEMPTS, ASIDE, ASIDE_TYPES,
  KEYED = unpack(KEYS)
local priority, after, max = unpack(ARGV)
-- @include basics
-- @include charges
-- @include events
-- @include fresh
-- @include unmoved
-- @include aside
-- @include attempts
-- @include known
-- @include page

keep_types('ZCARD', KEYED)

priority = ({ HIGH = '0', NORMAL = '1', LOW = '2' })[priority]
max = tonumber(max)
local rows = {}
local function add_rows(found, base)
  for i = 1, #found, 2 do
    rows[#rows + 1] = { id = found[i], sequence = math.ceil(found[i + 1] - base) }
  end
end
add_rows(redis.call('ZRANGEBYSCORE', PENDING[priority], '(' .. after, int(FAR), 'WITHSCORES', 'LIMIT', 0, max), 0)
-- Adds the same number from the list, without withdrawn ones.
local place = find_fresh(priority, tonumber(after) + 1)
local CHUNKS = 100
for _ = 1, place and CHUNKS or 0 do
  local entries = redis.call('LRANGE', FRESH[priority], place, place + max - 1)
  for _, entry in ipairs(entries) do
    local sequence, id = parse_fresh(entry)
    if sequence and id ~= '' then
      rows[#rows + 1] = { id = id, sequence = sequence }
    end
  end
  place = place + max
  if #entries < max or #rows >= 2 * max then
    break
  end
end
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
