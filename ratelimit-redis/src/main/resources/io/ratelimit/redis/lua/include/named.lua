-- The settings of named limits: in `limits` under 'n' and a name, "forgottenUntil maxInFlight
-- retriesHold" and then "|" and a limit for each window, '-' for what there is not. Of a key that is
-- not there starts may be forgotten up to `forgottenUntil`.
-- Needs LIMITS and the includes basics and limiter.

local name_of_key, named_limit
do
  local function parse_named(text)
    local forgotten, most, holds, rest =
      string.match(text or '', '^(%-?%d*) (%-?%d*) ([01])(.*)$')
    if not forgotten then
      return nil
    end
    local named = { forgotten = tonumber(forgotten) or NEVER, most = tonumber(most),
      holds = holds == '1', windows = {}, largest = 1000000, longest = 0 }
    for window in string.gmatch(rest, '|([^|]+)') do
      local limit = parse_limit(window)
      if not limit then
        return nil
      end
      named.windows[#named.windows + 1] = limit
      named.largest = math.min(named.largest, limit.permits)
      named.longest = math.max(named.longest, limit.window)
    end
    return named
  end

  function name_of_key(key)
    return string.match(key, '^[^=]*')
  end

  -- A limit's settings, or nil: nobody has declared it, or what was declared is lost.
  local names_known = {}
  function named_limit(name)
    if names_known[name] == nil then
      names_known[name] = parse_named(redis.call('HGET', LIMITS, 'n' .. name)) or false
    end
    return names_known[name] or nil
  end
end
