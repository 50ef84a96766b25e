-- Places an event that becomes pending. Without the include keyed, a charged event waits among the
-- others, from where the next take puts it into its flow.
-- Needs the includes basics, events, keyed and terms.

-- Returns what it is counted as. An unreadable event comes first, so that the next take moves it to
-- the failed queue.
local function place(id, record)
  local sequence, _, weight, type_key, priority, _, charges, terms = parse_record(record)
  local is_charging = (charges or '') ~= ''
  if (terms or '') ~= '' then
    termed().begin_wait(id, terms)
  end
  if is_charging and keyed then
    keyed().add(id, sequence, type_key, priority, charges)
  else
    if is_charging then
      redis.call('HSET', META, 'charged', 1)
    end
    priority = priority or '0'
    redis.call('ZADD', PENDING[priority], sequence or 0, id)
  end
  return counted_as(type_key, weight)
end

local function make_pending(id, record)
  count_type(place(id, record), 1)
end
