-- Records of events: "sequence publishedAt weight type " and then the client's bytes, where the type
-- is "priority:processingMicros:name". They never change; the number of attempts is kept apart.
-- Needs PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS and the include basics.

local PENDING = { ['0'] = PENDING_HIGH, ['1'] = PENDING_NORMAL, ['2'] = PENDING_LOW }

-- Returns strings: most are needed as they are.
local function parse_record(record)
  return string.match(record, '^(%d+) (%-?%d+) (%d+) ((%d):%d+:%S+) ')
end

-- Pending events are counted by type, and those that weigh more than 1 by "type weight".
local function counted_as(type_key, weight)
  return tonumber(weight) == 1 and type_key or type_key .. ' ' .. int(weight)
end

local function count_type(counted, change)
  if redis.call('HINCRBY', TYPES, counted, change) <= 0 then
    redis.call('HDEL', TYPES, counted)
  end
end

local function make_pending(id, record)
  local sequence, _, weight, type_key, priority = parse_record(record)
  redis.call('ZADD', PENDING[priority], sequence, id)
  count_type(counted_as(type_key, weight), 1)
end
