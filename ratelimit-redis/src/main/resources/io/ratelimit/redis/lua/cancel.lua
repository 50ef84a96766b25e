-- Discards one waiting event, by its id.
--
-- KEYS meta scope pending:high pending:normal pending:low fresh:high fresh:normal fresh:low types events attempts delayed aside aside:types limits:held keyed flows lines turns closed loads expiring latest
-- ARGV id channel client
-- REPLY 1, 0 if it does not wait but is leased, or -1 if there is none
-- COST O(log n); in a list of n events mostly 3 or 4 steps of O(n / 180) each, at most O(log n) of them

local META, SCOPE, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW,
  FRESH_HIGH, FRESH_NORMAL, FRESH_LOW, TYPES, EVENTS, ATTEMPTS, DELAYED, ASIDE, ASIDE_TYPES,
  LIMITS_HELD, KEYED, FLOWS, LINES, TURNS, CLOSED, LOADS, EXPIRING, LATEST = unpack(KEYS)
local id, channel, client = unpack(ARGV)
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
-- @include waiting
-- @include wake
-- @include known

local record = redis.call('HGET', EVENTS, id)
if not record then
  return -1
end
if not withdraw(id, record) then
  return 0
end
termed().forget(id, select(8, parse_record(record)) or '')
redis.call('HDEL', EVENTS, id)
redis.call('HDEL', ATTEMPTS, id, '\1' .. id)
count('discarded', 1)
-- Other events may now start earlier than the canceled one could have.
wake(channel, client)
return 1
