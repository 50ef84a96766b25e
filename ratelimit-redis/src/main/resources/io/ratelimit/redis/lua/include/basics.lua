-- Format, clock and numbers.
-- Needs META.

local FORMAT = 2

-- Further back and further on than any time in use, and still exact in a double.
local NEVER = -4503599627370496
local FAR = 4503599627370496

-- '..' writes large numbers as 1.8e+15; this writes every digit, and in half the time.
local function int(number)
  return string.format('%d', number)
end

-- The reply that refuses a namespace whose format is not this script's, else nil.
local function refusal(format)
  if format and tonumber(format) ~= FORMAT then
    return redis.error_reply('FORMAT ' .. format .. ' is '
      .. (tonumber(format) > FORMAT and 'newer' or 'older') .. ' than ' .. FORMAT)
  end
end

-- The time in microseconds: the one given (by tests only), else Redis's; never before the last.
local function clock(given, last)
  local now
  if given == '' then
    local time = redis.call('TIME')
    now = time[1] * 1000000 + time[2]
  else
    now = tonumber(given)
  end
  return math.max(now, tonumber(last) or NEVER)
end

-- While its memory is full, Redis refuses a script whose first write may need more, and lets it write
-- once it has deleted something, be it nothing. Called by what drains, holds or stops.
local function write_even_if_full()
  redis.call('HDEL', META, '')
end

-- Adds to a counter; one that is damaged begins anew.
local function count(name, more)
  if type(redis.pcall('HINCRBY', META, name, int(more))) == 'table' then
    redis.call('HSET', META, name, int(more))
  end
end

-- How many bytes of records a script returns or looks at, unless it is one record.
local MOST_BYTES = 4194304
