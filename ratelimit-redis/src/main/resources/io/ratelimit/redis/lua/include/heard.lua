-- What other queues of the scope changed: the lines of a key that may have opened, and after a change
-- of settings all lines, a bounded number of each.
-- Needs META, SCOPE, LIMITS_HELD, LINES, CLOSED and the includes basics, scoped and freed.

local HEARD = 100
local function hear()
  if not owner then
    return
  end
  local told = redis.call('ZRANGEBYLEX', LIMITS_HELD, '[<' .. owner .. '|', '(<' .. owner .. '}', 'LIMIT', 0, HEARD)
  for _, member in ipairs(told) do
    redis.call('ZREM', LIMITS_HELD, member)
    look_again(string.sub(member, #owner + 3))
  end
  local changed = redis.call('HGET', SCOPE, 'changed') or '0'
  local heard, from = string.match(redis.call('HGET', META, 'heard') or '', '^(%d+) ?(.*)$')
  if heard ~= changed then
    from = '-'
  end
  if from ~= '' then
    write_even_if_full()
    for _ = 1, HEARD do
      local member = redis.call('ZRANGEBYLEX', LINES, from == '-' and '-' or string.match(from, '^%[.*}$') or '-',
        '(|', 'LIMIT', 0, 1)[1]
      local line = member and string.match(member, '^([^|]+|[^|]*)|')
      from = line and '[' .. line .. '}' or ''
      if not line then
        break
      end
      redis.call('ZADD', CLOSED, 'XX', 0, line)
    end
    redis.call('HSET', META, 'heard', changed .. ' ' .. from)
  end
end
