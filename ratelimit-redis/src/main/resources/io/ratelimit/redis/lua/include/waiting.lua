-- Pending and delayed events, wherever they wait.
-- Needs META, DELAYED and the includes basics, events, fresh, unmoved, aside, terms, and keyed and freed where something
-- is charged.

keep_types('ZCARD', KEYED)

local function waits(id, record)
  for _, key in ipairs({ DELAYED, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, ASIDE, KEYED }) do
    if redis.call('ZSCORE', key, id) then
      return true
    end
  end
  return place_in_fresh(id, record) ~= nil
end

-- Takes an event out of its list; returns whether it was there.
local function withdraw_fresh(id, record, priority, sequence)
  local place = place_in_fresh(id, record)
  if not place then
    return false
  end
  if place == 0 then
    redis.call('LPOP', FRESH[priority])
  else
    redis.call('LSET', FRESH[priority], place, sequence)
    count('withdrawn' .. priority, 1)
  end
  -- Removes withdrawn entries from the front, so that the first entry waits.
  local first = redis.call('LRANGE', FRESH[priority], 0, 99)
  local withdrawn = 0
  while first[withdrawn + 1] and select(2, parse_fresh(first[withdrawn + 1])) == '' do
    withdrawn = withdrawn + 1
  end
  if withdrawn > 0 then
    redis.call('LTRIM', FRESH[priority], withdrawn, -1)
    pass_withdrawn(priority, withdrawn)
  end
  return true
end

-- Takes an event from where it waits; returns whether it waited, the end of its delay or nil, and whether
-- others waited for that.
local function withdraw(id, record)
  local sequence, _, weight, type_key, priority, _, charges, terms = parse_record(record)
  if (terms or '') ~= '' then
    termed().end_wait(id, terms)
  end
  local delayed_until = redis.call('ZSCORE', DELAYED, id)
  if delayed_until then
    redis.call('ZREM', DELAYED, id)
    return true, tonumber(delayed_until), free and free(id, charges or '')
  end
  priority = priority or '0'
  if redis.call('ZREM', PENDING[priority], id) == 0 then
    if redis.call('ZSCORE', ASIDE, id) then
      remove_aside(id, record)
    elseif keyed and redis.call('ZSCORE', KEYED, id) then
      keyed().discard(id, priority, charges, sequence)
    elseif not withdraw_fresh(id, record, priority, sequence) then
      return false
    end
  end
  count_type(counted_as(type_key, weight), -1)
  return true
end
