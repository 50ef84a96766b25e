-- Events that wait, wherever they do.
-- Needs META, EVENTS, ATTEMPTS, DELAYED and the includes basics, events, aside, keyed, freed
-- and terms.

-- Takes an event from where it waits, and says whether it waited.
local function withdraw(id, record)
  local sequence, _, weight, type_key, priority, _, charges, terms = parse_record(record)
  end_wait(id, terms or '')
  if redis.call('ZREM', DELAYED, id) == 1 then
    free(id, charges or '')
    return true
  end
  priority = priority or '0'
  if redis.call('ZREM', PENDING[priority], id) == 0 then
    if redis.call('ZSCORE', ASIDE, id) then
      remove_aside(id, record)
    elseif redis.call('ZSCORE', KEYED, id) then
      keyed().discard(id, keyed().flow_of(priority, charges), sequence)
    else
      return false
    end
  end
  count_type(counted_as(type_key, weight), -1)
  return true
end

-- Forgets an event that was withdrawn.
local function discard(id)
  redis.call('HDEL', EVENTS, id)
  redis.call('HDEL', ATTEMPTS, id)
  count('discarded', 1)
end
