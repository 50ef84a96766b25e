-- Events that wait, wherever they do.
-- Needs META, DELAYED and the includes basics, events, aside, terms, and keyed and freed where something
-- is charged.

keep_types('ZCARD', KEYED)

local function waits(id)
  for _, key in ipairs({ DELAYED, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, ASIDE, KEYED }) do
    if redis.call('ZSCORE', key, id) then
      return true
    end
  end
  return false
end

-- Takes an event from where it waits; returns whether it waited, and until when it was delayed, or
-- nil.
local function withdraw(id, record)
  local sequence, _, weight, type_key, priority, _, charges, terms = parse_record(record)
  if (terms or '') ~= '' then
    termed().end_wait(id, terms)
  end
  local delayed_until = redis.call('ZSCORE', DELAYED, id)
  if delayed_until then
    redis.call('ZREM', DELAYED, id)
    if free then
      free(id, charges or '')
    end
    return true, tonumber(delayed_until)
  end
  priority = priority or '0'
  if redis.call('ZREM', PENDING[priority], id) == 0 then
    if redis.call('ZSCORE', ASIDE, id) then
      remove_aside(id, record)
    elseif keyed and redis.call('ZSCORE', KEYED, id) then
      keyed().discard(id, priority, charges, sequence)
    else
      return false
    end
  end
  count_type(counted_as(type_key, weight), -1)
  return true
end
