-- Events still in the lists of fresh events.
-- Needs META and the includes basics and fresh.

-- Returns how many of a priority wait there.
local function count_fresh(priority)
  local withdrawn = tonumber(redis.call('HGET', META, 'withdrawn' .. priority) or nil) or 0
  return math.max(0, redis.call('LLEN', FRESH[priority]) - math.max(0, withdrawn))
end

-- Returns the position, from 0, of the first entry of a priority with at least this sequence, its
-- sequence and its id; nil if there is none. Reaching a position in a long list takes long, so it
-- first guesses, since numbers are mostly spread evenly, and then bisects.
local GUESSES = 6
local function find_fresh(priority, sequence)
  local key = FRESH[priority]
  local low, high = 0, redis.call('LLEN', key)
  if high == 0 then
    return nil
  end
  local function look(place)
    local found, id = parse_fresh(redis.call('LINDEX', key, place))
    return found or 0, id
  end
  local low_sequence, high_sequence = look(0), (look(high - 1))
  if high_sequence < sequence then
    return nil
  end
  local found_sequence, found_id
  local steps = 0
  while low < high do
    steps = steps + 1
    local middle = math.floor((low + high) / 2)
    if steps <= GUESSES and high_sequence > low_sequence then
      middle = low + math.floor((sequence - low_sequence) / (high_sequence - low_sequence) * (high - 1 - low) + 0.5)
      middle = math.max(low, math.min(high - 1, middle))
    end
    local entry_sequence, id = look(middle)
    if entry_sequence < sequence then
      low, low_sequence = middle + 1, entry_sequence
    else
      high, high_sequence, found_sequence, found_id = middle, entry_sequence, entry_sequence, id
      if entry_sequence == sequence then
        return middle, entry_sequence, id
      end
    end
  end
  return found_sequence and low, found_sequence, found_id
end

-- Returns the position of an event in a list, or nil.
local function place_in_fresh(id, record)
  local sequence, _, _, _, priority = parse_record(record)
  if not sequence then
    return nil
  end
  local place, found_sequence, found_id = find_fresh(priority, tonumber(sequence))
  return found_sequence == tonumber(sequence) and found_id == id and place or nil
end
