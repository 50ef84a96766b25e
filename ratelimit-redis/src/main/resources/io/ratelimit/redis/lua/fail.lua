-- Settles an attempt that failed permanently: the event goes to the failed queue.
--
-- KEYS meta scope events attempts leased leases failed failed:times failed:events observed returned limits:held lines closed expiring latest
-- ARGV given token id failed_age channel client reason brief
-- REPLY 1, 2 if others waited for its end, or 0 if the lease no longer holds the event
-- COST O(log leases + log failed)

local META, SCOPE, EVENTS, ATTEMPTS, LEASED, LEASES, FAILED, FAILED_TIMES, FAILED_EVENTS,
  OBSERVED, RETURNED,
  LIMITS_HELD, LINES, CLOSED, EXPIRING, LATEST = unpack(KEYS)
local given, token, id, failed_age, channel, client, reason, brief = unpack(ARGV)
-- @include basics
-- @include clock
-- @include leases
-- @include observed
-- @include held
-- @include scoped
-- @include freed
-- @include terms
-- @include wake
-- @include past
-- @include failures
-- @include returned

local now = clock(given, last)
failed_age = whole('failed_age', failed_age, 0, FAR)
whole('arguments', int(#ARGV), 8, 8)
local record = redis.call('HGET', EVENTS, id)
end_lease(token)
redis.call('HDEL', EVENTS, id)
-- If the record is lost, there is nothing to keep.
if record then
  note_attempt(id, held, now, brief)
  note_return('f' .. add_failure(id, record, attempt, reason, now))
end
redis.call('HDEL', ATTEMPTS, id, '\1' .. id)
expire_failures(failed_age, now)
observe({ held }, now, true)
redis.call('HSET', META, 'now', int(now))
if has_terms(held.held) then
  termed().forget_key(id, held.held)
end
if free(id, held.held) then
  wake(channel, client)
  return 2
end
return 1
