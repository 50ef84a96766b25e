-- Handles changes by other queues of the scope: lines of a key that may have opened, and those of a
-- limit whose settings changed, a bounded number of each. SCOPE numbers changes: the latest in
-- `changed`, and each limit's under 'c' and its name; META has the last number handled.
-- Needs META, SCOPE, LIMITS_HELD, LINES, CLOSED and the includes basics, scoped and freed.

local MOST_HEARD = 100

-- Returns the limits that changed since, in order.
local function changed_since(heard)
  local names, fields = {}, {}
  for name in string.gmatch(redis.call('HGET', SCOPE, 'limit_names') or '', '%S+') do
    names[#names + 1] = name
    fields[#fields + 1] = 'c' .. name
  end
  local changes = {}
  local numbers = #names > 0 and redis.call('HMGET', SCOPE, unpack(fields)) or {}
  for i, name in ipairs(names) do
    local number = tonumber(numbers[i] or nil) or 0
    if number > heard then
      changes[#changes + 1] = { number = number, name = name }
    end
  end
  table.sort(changes, function(one, other) return one.number < other.number end)
  return changes
end

-- Examines lines again from a position; returns the position where it stopped, or nil at the end, and
-- how many more it may examine.
local function look_from(from, to, most)
  while most > 0 do
    local member = redis.call('ZRANGEBYLEX', LINES, from, to, 'LIMIT', 0, 1)[1]
    local line = member and string.match(member, '^([^|]+|[^|]*)|')
    if not line then
      return nil, most
    end
    redis.call('ZADD', CLOSED, 'XX', 0, line)
    from, most = '[' .. line .. '}', most - 1
  end
  return from, most
end

local function hear()
  if not owner then
    return
  end
  local told = redis.call('ZRANGEBYLEX', LIMITS_HELD, '[<' .. owner .. '|', '(<' .. owner .. '}', 'LIMIT', 0, MOST_HEARD)
  for _, member in ipairs(told) do
    redis.call('ZREM', LIMITS_HELD, member)
    look_again(string.sub(member, #owner + 3))
  end
  local changed = tonumber(redis.call('HGET', SCOPE, 'changed')) or 0
  local heard, hearing, from = string.match(redis.call('HGET', META, 'heard') or '', '^(%d+) (%d+) (%[?.*)$')
  heard, hearing = tonumber(heard) or 0, tonumber(hearing) or 0
  if heard == changed then
    return
  end
  write_even_if_full()
  local left = MOST_HEARD
  for _, change in ipairs(changed_since(heard)) do
    local first = '[' .. change.name .. '='
    if change.number ~= hearing or string.sub(from or '', 1, #first) ~= first then
      from = first
    end
    hearing = change.number
    from, left = look_from(from, '(' .. change.name .. '>', left)
    if from then
      redis.call('HSET', META, 'heard', int(heard) .. ' ' .. int(hearing) .. ' ' .. from)
      return
    end
    heard = change.number
  end
  redis.call('HSET', META, 'heard', int(changed) .. ' 0 ')
end
