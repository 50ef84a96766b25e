-- Pending events that are set aside, because takers met them that did not want their type. One sorted
-- set keeps them by priority and sequence, and another as "name priority sequence publishedAt id", in
-- order of its members.
-- Needs ASIDE, ASIDE_TYPES and the includes basics and events.

-- Both take the results of parse_record.
local function aside_member(id, sequence, published, _, type_key, priority)
  return string.format('%s %s %016d %s %s', string.match(type_key, '([^:]+)$'), priority, sequence, published, id)
end

-- Parses a member: name, priority, sequence, publishedAt, id.
local function parse_aside(member)
  return string.match(member, '^(%S+) (%d) (%d+) (%-?%d+) (.*)$')
end

local function add_aside(id, record)
  local sequence, published, weight, type_key, priority = parse_record(record)
  redis.call('ZADD', ASIDE, int(aside_score(priority, sequence)), id)
  redis.call('ZADD', ASIDE_TYPES, 0, aside_member(id, sequence, published, weight, type_key, priority))
end

-- If the record is damaged, the member stays until a take compares the sets.
local function remove_aside(id, record)
  redis.call('ZREM', ASIDE, id)
  if parse_record(record) then
    redis.call('ZREM', ASIDE_TYPES, aside_member(id, parse_record(record)))
  end
end

-- Returns events of a priority after a sequence and up to another, with their scores.
local function aside_range(priority, after, up_to, max)
  return redis.call('ZRANGEBYSCORE', ASIDE, '(' .. int(aside_score(priority, math.min(after, SPAN - 1))),
    int(aside_score(priority, math.min(up_to, SPAN - 1))), 'WITHSCORES', 'LIMIT', 0, max)
end
