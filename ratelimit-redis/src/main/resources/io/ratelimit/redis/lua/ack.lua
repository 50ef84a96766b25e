-- The attempt succeeded: the event is done. `retain` last done events are kept for inspection.
--
-- KEYS meta events attempts leased leases done
-- ARGV token id retain given
-- REPLY 1, or 0 if the lease no longer holds the event
-- COST O(log leases)

local META, EVENTS, ATTEMPTS, LEASED, LEASES, DONE = unpack(KEYS)
local token, id, retain, given = unpack(ARGV)
-- @include basics
-- @include leases

local m = redis.call('HMGET', META, 'format', 'now')
local refused = refusal(m[1])
if refused then
  return refused
end
if not holds(token, id) then
  return 0
end
retain = tonumber(retain)
local kept = retain > 0
  and int(clock(given, m[2])) .. ' ' .. redis.call('HGET', ATTEMPTS, id) .. ' ' .. #id .. ' ' .. id
    .. redis.call('HGET', EVENTS, id)
-- Deletions first: they are allowed when the memory is full, and what follows them then is too.
end_lease(token)
redis.call('HDEL', EVENTS, id)
redis.call('HDEL', ATTEMPTS, id)
redis.call('HINCRBY', META, 'done', 1)
if kept then
  redis.call('LPUSH', DONE, kept)
  redis.call('LTRIM', DONE, 0, retain - 1)
end
return 1
