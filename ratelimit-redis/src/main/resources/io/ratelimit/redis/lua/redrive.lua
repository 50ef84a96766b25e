-- Brings failed events back that can be: up to `max` of those after a sequence, up to another one
-- ('+inf': all). One whose id is unfinished stays.
--
-- KEYS meta pending:high pending:normal pending:low types events failed failed:times failed:events returned
-- ARGV after up_to max channel client
-- REPLY redriven, duplicates, the last sequence looked at or nil
-- COST O(log n) for each event looked at

local META, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS, FAILED, FAILED_TIMES,
  FAILED_EVENTS, RETURNED = unpack(KEYS)
local after, up_to, max, channel, client = unpack(ARGV)
-- @include basics
-- @include events
-- @include failures
-- @include wake
-- @include known
-- @include returned

local redriven, duplicates = 0, 0
local sequences = redis.call('ZRANGEBYSCORE', FAILED, '(' .. after, up_to, 'LIMIT', 0, max)
for _, sequence in ipairs(sequences) do
  local failure = redis.call('HGET', FAILED_EVENTS, sequence)
  local id_length, reason_length, rest =
    string.match(failure, '^%-?%d+ %d+ (%d+) (%d+) (.*)$')
  local id = string.sub(rest, 1, id_length)
  local record = string.sub(rest, id_length + reason_length + 1)
  if redis.call('HSETNX', EVENTS, id, record) == 1 then
    make_pending(id, record)
    remove_failure(sequence)
    note_return('e' .. id)
    redriven = redriven + 1
  else
    duplicates = duplicates + 1
  end
end
if redriven > 0 then
  wake(channel, client)
end
return { redriven, duplicates, tonumber(sequences[#sequences]) or false }
