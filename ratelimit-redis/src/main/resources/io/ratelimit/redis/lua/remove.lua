-- Removes the namespace: all that the queue keeps, also what is leased, and the limit.
--
-- KEYS meta starts acquired pending:high pending:normal pending:low types events attempts delayed leased leases failed failed:times failed:events done observed aside aside:types returned limits limits:starts limits:held keyed flows lines turns closed expiring latest done:ids waiting
-- ARGV
-- REPLY 1
-- COST O(n), so that clients clear the queue first

local META, STARTS, ACQUIRED, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS, ATTEMPTS, DELAYED,
  LEASED, LEASES, FAILED, FAILED_TIMES, FAILED_EVENTS, DONE, OBSERVED, ASIDE, ASIDE_TYPES,
  RETURNED,
  LIMITS, LIMITS_STARTS, LIMITS_HELD, KEYED, FLOWS, LINES, TURNS, CLOSED, EXPIRING, LATEST, DONE_IDS, WAITING = unpack(KEYS)
-- @include basics
-- @include known

redis.call('UNLINK', META, STARTS, ACQUIRED, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS, ATTEMPTS,
  DELAYED, LEASED, LEASES, FAILED, FAILED_TIMES, FAILED_EVENTS, DONE, OBSERVED, ASIDE, ASIDE_TYPES, RETURNED,
  LIMITS, LIMITS_STARTS, LIMITS_HELD, KEYED, FLOWS, LINES, TURNS, CLOSED, EXPIRING, LATEST, DONE_IDS, WAITING)
return 1
