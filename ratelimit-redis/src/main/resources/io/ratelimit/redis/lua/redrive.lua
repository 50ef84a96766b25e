-- Brings failed events back to pending: up to `max` of those after a sequence and up to another one
-- ('+inf': all), and a bounded number of bytes. An event stays if its id is unfinished, if a later event of
-- its key is, or if it cannot be read.
--
-- KEYS meta scope pending:high pending:normal pending:low types events failed failed:times failed:events returned keyed flows lines turns closed loads expiring latest attempts waiting
-- ARGV after up_to max channel client
-- REPLY redriven, duplicates, unreadable, the last sequence looked at if there may be more or nil
-- COST O(log n) for each event looked at

local META, SCOPE, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS, FAILED, FAILED_TIMES,
  FAILED_EVENTS, RETURNED,
  KEYED, FLOWS, LINES, TURNS, CLOSED, LOADS, EXPIRING, LATEST, ATTEMPTS, WAITING = unpack(KEYS)
local after, up_to, max, channel, client = unpack(ARGV)
-- @include basics
-- @include charges
-- @include events
-- @include loads
-- @include keyed
-- @include terms
-- @include placed
-- @include failures
-- @include wake
-- @include waiters
-- @include known
-- @include returned

-- Returns the id and the record of a failure, or nil if they cannot be read.
local function parse_failure(failure)
  local id_length, reason_length, start = string.match(failure, '^%-?%d+ %d+ (%d+) (%d+) ()')
  local after_id = start and start + id_length
  if not after_id or after_id + reason_length > #failure then
    return nil
  end
  local record = string.sub(failure, after_id + reason_length)
  local _, _, _, _, _, content = parse_record(record)
  if content and is_whole(record, content) then
    return string.sub(failure, start, after_id - 1), record
  end
end

-- The type of the redriven events, false if there are several.
local name
local redriven, duplicates, unreadable, looked, bytes, last = 0, 0, 0, 0, 0, tonumber(after)
local found = redis.call('ZRANGEBYSCORE', FAILED, '(' .. after, up_to, 'WITHSCORES', 'LIMIT', 0, max)
for i = 1, #found, 2 do
  if bytes >= MOST_BYTES then
    break
  end
  local sequence = found[i]
  local failure = redis.call('HGET', FAILED_EVENTS, sequence)
  looked, last = looked + 1, math.min(math.ceil(tonumber(found[i + 1])), FAR)
  if failure then
    bytes = bytes + #failure
    local id, record = parse_failure(failure)
    if not id then
      unreadable = unreadable + 1
    elseif redis.call('HEXISTS', EVENTS, id) == 1 then
      duplicates = duplicates + 1
    elseif termed().is_outdated(id, (select(8, parse_record(record)))) then
      duplicates = duplicates + 1
    else
      remove_failure(sequence)
      -- It no longer expires.
      record = string.gsub(record, '^(%d+ %-?%d+ %d[^! ]*)(%S*)', function(start, terms)
        return start .. string.gsub(terms, '![df]%-?%d+', '')
      end)
      redis.call('HSET', EVENTS, id, record)
      make_pending(id, record)
      note_return('e' .. id)
      redriven = redriven + 1
      local own = name_of_type((select(4, parse_record(record))))
      name = (name == nil or name == own) and own
    end
  else
    remove_failure(sequence)
  end
end
if redriven > 0 then
  wake_for(redriven, name, channel, client)
end
local more = last > tonumber(after) and (looked < #found / 2 or looked == tonumber(max))
return { redriven, duplicates, unreadable, more and last }
