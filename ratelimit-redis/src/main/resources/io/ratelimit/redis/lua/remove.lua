-- Removes the namespace: all that the queue keeps, also what is leased, and the limit.
--
-- KEYS meta starts pending:high pending:normal pending:low types events attempts delayed leased leases failed failed:times failed:events done observed
-- ARGV
-- REPLY 1
-- COST O(n), so that clients clear the queue first

local META, STARTS, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS, ATTEMPTS, DELAYED,
  LEASED, LEASES, FAILED, FAILED_TIMES, FAILED_EVENTS, DONE, OBSERVED = unpack(KEYS)
-- @include basics
-- @include known

redis.call('UNLINK', META, STARTS, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS, ATTEMPTS,
  DELAYED, LEASED, LEASES, FAILED, FAILED_TIMES, FAILED_EVENTS, DONE, OBSERVED)
return 1
