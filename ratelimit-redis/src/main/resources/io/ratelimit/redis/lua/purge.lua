-- Discards one failed event.
--
-- KEYS meta failed failed:times failed:events attempts
-- ARGV sequence
-- REPLY 1, or 0 if there was none
-- COST O(log failed)

local META, FAILED, FAILED_TIMES, FAILED_EVENTS, ATTEMPTS = unpack(KEYS)
local sequence = unpack(ARGV)
-- @include basics
-- @include failures
-- @include known

if not remove_failure(sequence) then
  return 0
end
count('discarded', 1)
return 1
