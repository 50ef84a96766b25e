-- Removes the namespace: all data of the queue, including leases, and the limit.
--
-- KEYS meta starts acquired pending:high pending:normal pending:low fresh:high fresh:normal fresh:low types events attempts delayed leased leases failed failed:times failed:events done observed aside aside:types returned limits limits:starts limits:held keyed flows lines turns closed expiring latest done:ids waiting rounds
-- ARGV
-- REPLY 1
-- COST O(n), so clients clear the queue first; in a scope, also O(log n) for each attempt in flight of its queues

local META, STARTS, ACQUIRED, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW,
  FRESH_HIGH, FRESH_NORMAL, FRESH_LOW, TYPES, EVENTS, ATTEMPTS, DELAYED,
  LEASED, LEASES, FAILED, FAILED_TIMES, FAILED_EVENTS, DONE, OBSERVED, ASIDE, ASIDE_TYPES,
  RETURNED,
  LIMITS, LIMITS_STARTS, LIMITS_HELD, KEYED, FLOWS, LINES, TURNS, CLOSED, EXPIRING, LATEST, DONE_IDS, WAITING, ROUNDS = unpack(KEYS)
-- @include basics
-- @include scoped
-- @include known

-- The named limits of a scope stay, but this queue's attempts are no longer in flight.
if owner then
  for _, member in ipairs(redis.call('ZRANGE', LIMITS_HELD, 0, -1)) do
    local key = string.match(member, '^([^|]*)|')
    if string.match(member, '^[^|]*|([^/]*)/') == owner then
      redis.call('ZREM', LIMITS_HELD, member)
      tell_scope(key)
    elseif member == '#' .. owner or key == '<' .. owner
      or (key and member == '?' .. string.sub(key, 2) .. '|' .. owner) then
      redis.call('ZREM', LIMITS_HELD, member)
    end
  end
  LIMITS, LIMITS_STARTS, LIMITS_HELD = META, META, META
end
redis.call('UNLINK', META, STARTS, ACQUIRED, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, FRESH_HIGH, FRESH_NORMAL,
  FRESH_LOW, TYPES, EVENTS, ATTEMPTS,
  DELAYED, LEASED, LEASES, FAILED, FAILED_TIMES, FAILED_EVENTS, DONE, OBSERVED, ASIDE, ASIDE_TYPES, RETURNED,
  LIMITS, LIMITS_STARTS, LIMITS_HELD, KEYED, FLOWS, LINES, TURNS, CLOSED, EXPIRING, LATEST, DONE_IDS, WAITING, ROUNDS)
return 1
