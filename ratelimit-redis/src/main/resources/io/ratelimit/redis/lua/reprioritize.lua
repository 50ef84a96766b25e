-- Gives one event that waits another priority, by its id: "0" to "2".
--
-- KEYS meta pending:high pending:normal pending:low types events attempts delayed aside aside:types limits:held keyed flows lines turns closed expiring latest
-- ARGV id priority channel client
-- REPLY 1, 0 if it does not wait but is leased, or -1 if there is none, or it cannot be read
-- COST O(log n)

local META, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS, ATTEMPTS, DELAYED, ASIDE, ASIDE_TYPES,
  LIMITS_HELD, KEYED, FLOWS, LINES, TURNS, CLOSED, EXPIRING, LATEST = unpack(KEYS)
local id, priority, channel, client = unpack(ARGV)
-- @include basics
-- @include charges
-- @include events
-- @include aside
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
if not waits(id) then
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
