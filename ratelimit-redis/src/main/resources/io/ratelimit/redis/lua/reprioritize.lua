-- Changes the priority of one waiting event, by its id, to "0" to "2".
--
-- KEYS meta scope pending:high pending:normal pending:low fresh:high fresh:normal fresh:low types events attempts delayed aside aside:types limits:held keyed flows lines turns closed loads expiring latest
-- ARGV id priority channel client
-- REPLY 1, 0 if it does not wait but is leased, or -1 if there is none, or it cannot be read
-- COST O(log n); in a list of n events mostly 3 or 4 steps of O(n / 180) each, at most O(log n) of them

local META, SCOPE, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW,
  FRESH_HIGH, FRESH_NORMAL, FRESH_LOW, TYPES, EVENTS, ATTEMPTS, DELAYED, ASIDE, ASIDE_TYPES,
  LIMITS_HELD, KEYED, FLOWS, LINES, TURNS, CLOSED, LOADS, EXPIRING, LATEST = unpack(KEYS)
local id, priority, channel, client = unpack(ARGV)
-- @include basics
-- @include charges
-- @include events
-- @include fresh
-- @include unmoved
-- @include aside
-- @include loads
-- @include keyed
-- @include scoped
-- @include freed
-- @include terms
-- @include placed
-- @include waiting
-- @include wake
-- @include known

word('priority', priority, '0 1 2')
local record = redis.call('HGET', EVENTS, id)
local before = select(5, parse_record(record))
if not before then
  return -1
end
if not waits(id, record) then
  return 0
end
if before == priority then
  return 1
end

local start, rest = string.match(record, '^(%S+ %S+ %S+ )[012](.*)$')
local changed = start .. priority .. rest
write_even_if_full()
if redis.call('ZSCORE', DELAYED, id) then
  redis.call('HSET', EVENTS, id, changed)
else
  withdraw(id, record)
  redis.call('HSET', EVENTS, id, changed)
  make_pending(id, changed)
end
wake(channel, client)
return 1
