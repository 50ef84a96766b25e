-- The time, for scripts that do not load the limiter.
-- Needs SCOPE and the include basics.

-- Returns the time of the namespace in microseconds, never before the last one.
local function clock(given, last)
  local client = parse_clock(given)
  local line = parse_timeline(redis.call('HGET', SCOPE, 'timeline'))
  local time, ahead = time_by(raw_time(client), line, client)
  return math.max(ahead and client.expected or time, tonumber(last) or NEVER)
end
