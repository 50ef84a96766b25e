-- Settles an attempt that failed: the event waits for another, unless a later one of its key is unfinished.
--
-- KEYS meta scope events attempts delayed leased leases observed returned limits limits:held lines closed expiring latest waiting
-- ARGV given token id delay channel client reason
-- REPLY 1, or 0 if the lease no longer holds the event
-- COST O(log leases + log delayed)

local META, SCOPE, EVENTS, ATTEMPTS, DELAYED, LEASED, LEASES, OBSERVED, RETURNED,
  LIMITS, LIMITS_HELD, LINES, CLOSED, EXPIRING, LATEST, WAITING = unpack(KEYS)
local given, token, id, delay, channel, client, reason = unpack(ARGV)
-- @include basics
-- @include clock
-- @include leases
-- @include observed
-- @include held
-- @include scoped
-- @include freed
-- @include wake
-- @include waiters
-- @include returned
-- @include terms
-- @include past

local now = clock(given, last)
whole('arguments', int(#ARGV), 7, 7)
local retry_at = now + whole('delay', delay, 0, FAR)
end_lease(token)
if has_terms(held.held) and termed().is_outdated(id, held.held) then
  termed().drop(id)
  redis.call('HSET', META, 'now', int(now))
  observe({ held }, now, true)
  free(id, held.held)
  wake(channel, client)
  return 1
end
redis.call('HSET', ATTEMPTS, id, attempt)
note_attempt(id, held, now, reason)
redis.call('ZADD', DELAYED, retry_at, id)
redis.call('HSET', META, 'now', int(now))
count('retried', 1)
falls_due(retry_at)
if has_terms(held.held) then
  termed().begin_wait(id, held.held)
end
observe({ held }, now, true)
note_return('e' .. id)
-- Under limits that count retries as in flight, it stays in flight until its retry is due.
local freed = {}
if held.held ~= '' then
  keep_types('HLEN', LIMITS)
end
for key in string.gmatch(held.held, '/([^:/]+)') do
  local named = redis.call('HGET', LIMITS, 'n' .. string.match(key, '^[^=]*'))
  if not string.match(named or '', '^%S+ %S+ 1') then
    freed[#freed + 1] = '/' .. key
  end
end
local is_freed = free(id, table.concat(freed))
-- A client that sleeps until something falls due must learn of anything that falls due earlier.
if is_freed or redis.call('ZRANGE', DELAYED, 0, 0)[1] == id then
  wake_for(1, name_of_type(held.type_key), channel, client, is_freed)
end
return 1
