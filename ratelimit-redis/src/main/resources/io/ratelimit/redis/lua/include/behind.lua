-- What the starts of a key after a time cost.
-- Needs LIMITS_STARTS and the include keystates.

local function held_after(each, state, time)
  local first = redis.call('ZLEXCOUNT', LIMITS_STARTS, '-', '(' .. each .. '|')
  local low, high = 0, redis.call('ZLEXCOUNT', LIMITS_STARTS, '[' .. each .. '|', '(' .. each .. '}')
  local before = state.base
  while low < high do
    local middle = math.floor((low + high) / 2)
    local cum, start = N.parse_start(each, redis.call('ZRANGE', LIMITS_STARTS, first + middle, first + middle)[1])
    if start and start <= time then
      before, low = cum, middle + 1
    else
      high = middle
    end
  end
  return state.cum - before
end
