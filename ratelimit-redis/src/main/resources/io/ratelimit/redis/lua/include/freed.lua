-- Attempts in flight under limits that bound their number: "key|id", in order of the members. They end
-- with the attempt, or with the wait for a retry.
-- Needs LIMITS_HELD, LINES, CLOSED and the includes basics and scoped.

-- Notes that the lines of a key may have opened, so their first flows must be examined.
local function look_again(key)
  local any = false
  local from = '[' .. key .. '|'
  while true do
    local member = redis.call('ZRANGEBYLEX', LINES, from, '(' .. key .. '}', 'LIMIT', 0, 1)[1]
    local type = member and string.match(string.sub(member, #key + 1), '^|([^|]*)|')
    if not type then
      return any
    end
    any = true
    redis.call('ZADD', CLOSED, 'XX', 0, key .. '|' .. type)
    from = '[' .. key .. '|' .. type .. '}'
  end
end

-- Ends an event's flight under keys, "/key/key…"; returns whether others waited for it.
local are_types_kept = false
local function free(id, held)
  local any = false
  if not are_types_kept and held ~= '' then
    are_types_kept = true
    keep_types('ZCARD', LIMITS_HELD, LINES, CLOSED)
  end
  for key in string.gmatch(held, '/([^:/]+)') do
    if redis.call('ZREM', LIMITS_HELD, held_member(key, id)) == 1 then
      any = look_again(key) or any
      tell_scope(key)
    end
  end
  return any
end
