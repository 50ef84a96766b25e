-- The settings of named limits, in `limits`.
--   'n' and name  "forgottenUntil maxInFlight retriesHold", then " ^" and its ceiling for each window that
--                 demands may raise, and then "|" and a limit for each window; '-' for anything missing.
--                 Starts of a key without a state may be forgotten up to `forgottenUntil`
--   'o' and name  the keys with windows of their own: "memory largest", how long starts are remembered and
--                 the most that one start of any key may cost, and then a line for each override, the
--                 most precise first: "precision pattern" and the windows
--   'd' and name  the demands: an empty line, and then a line for each: "owner lapse pattern" and the
--                 windows
-- A pattern is a key without the name of its limit, in which "*" stands for anything.
-- Needs LIMITS and the includes basics and limiter.

local name_of_key, named_limit, decoded, windows_terms
-- The precision of a single key: more than any pattern has.
local MOST_PRECISE = 9999
do

  local function parse_windows(text)
    local windows = {}
    for window in string.gmatch(text, '|([^|]+)') do
      local limit = parse_limit(window)
      if not limit then
        return nil
      end
      windows[#windows + 1] = limit
    end
    return windows
  end

  -- Returns the windows, the most that a start may cost, and the longest window; nil if damaged.
  function windows_terms(text)
    local windows = parse_windows(text)
    if not windows then
      return nil
    end
    local terms = { windows = windows, largest = 1000000, longest = 0 }
    for _, limit in ipairs(windows) do
      terms.largest = math.min(terms.largest, limit.permits)
      terms.longest = math.max(terms.longest, limit.window)
    end
    return terms
  end

  local function of_length(window, windows)
    for _, other in ipairs(windows) do
      if other.window == window.window then
        return other
      end
    end
  end

  function decoded(text)
    return (string.gsub(string.gsub(text, '+', ' '), '%%(%x%x)', function(hex)
      return string.char(tonumber(hex, 16))
    end))
  end

  local function matches(pattern, key)
    local parts = {}
    for part in string.gmatch(pattern .. '*', '([^*]*)%*') do
      parts[#parts + 1] = decoded(part)
    end
    if #parts == 1 then
      return parts[1] == key
    end
    local first, last = parts[1], parts[#parts]
    local from, to = #first + 1, #key - #last
    if #key < #first + #last or string.sub(key, 1, #first) ~= first or string.sub(key, to + 1) ~= last then
      return false
    end
    for i = 2, #parts - 1 do
      local begin, ends = string.find(key, parts[i], from, true)
      if not begin or ends > to then
        return false
      end
      from = ends + 1
    end
    return true
  end

  -- Returns the windows' text of the override that counts for a key, or nil.
  local function override_of(key, overrides)
    local own = string.gsub(string.match(key, '=(.*)$') or '', '%*', '%%2A')
    local _, found = string.find(overrides, '\n' .. MOST_PRECISE .. ' ' .. own .. '|', 1, true)
    if found then
      return string.match(overrides, '^[^\n]*', found)
    end
    local name = decoded(own)
    for precision, pattern, windows in string.gmatch(overrides, '\n(%d+) ([^|\n]*)(|[^\n]*)') do
      if tonumber(precision) < MOST_PRECISE and matches(pattern, name) then
        return windows
      end
    end
  end

  local function parse_named(text, overrides, demands)
    local forgotten, most, holds, ceilings, rest =
      string.match(text or '', '^(%-?%d*) (%-?%d*) ([01])([^|]*)(.*)$')
    local named = rest and windows_terms(rest)
    local memory, most_cost = string.match(overrides or '0 0', '^(%d+) (%d+)')
    if not named or not memory then
      return nil
    end
    named.forgotten, named.most, named.holds = tonumber(forgotten) or NEVER, tonumber(most), holds == '1'
    named.overrides, named.demands, named.ceiling = overrides or '', demands or '', {}
    named.memory = math.max(named.longest, tonumber(memory))
    named.most_cost = math.max(named.largest, tonumber(most_cost))
    for high in string.gmatch(ceilings, '%^(%d+ %d+ %d+ %d+)') do
      named.ceiling[#named.ceiling + 1] = parse_limit(high)
    end

    local known = {}
    -- Returns the terms of a key without demands. If an override is damaged, its keys are closed.
    function named.of(key)
      if named.overrides == '' then
        return named
      end
      if not known[key] then
        local own = override_of(key, named.overrides)
        known[key] = own and (windows_terms(own) or { windows = {}, largest = 1000000, longest = 0, is_lost = true })
          or named
      end
      return known[key]
    end

    -- Returns the windows of a key in force at a time, and when the first demand that raises one of
    -- them lapses, or FAR.
    function named.in_force(key, at)
      local normal = named.of(key).windows
      if named.demands == '' or #named.ceiling == 0 then
        return normal, FAR
      end
      local in_force, first = {}, FAR
      local name = decoded(string.match(key, '=(.*)$') or '')
      for i, window in ipairs(normal) do
        local ceiling = of_length(window, named.ceiling)
        local highest, lapses
        for lapse, pattern, wanted in string.gmatch(ceiling and named.demands or '',
          '\n%S+ (%d+) ([^|\n]*)(|[^\n]*)') do
          lapse = tonumber(lapse)
          local limit = at < lapse and matches(pattern, name) and of_length(window, parse_windows(wanted) or {})
          if limit then
            limit = under_ceiling(limit, ceiling)
            local higher = highest and compare_limits(limit, highest) or 1
            if higher > 0 or (higher == 0 and lapse > lapses) then
              highest, lapses = limit, lapse
            end
          end
        end
        if highest and is_faster(highest, window) then
          in_force[i], first = highest, math.min(first, lapses)
        else
          in_force[i] = window
        end
      end
      return in_force, first
    end

    return named
  end

  function name_of_key(key)
    return string.match(key, '^[^=]*')
  end

  keep_types('HLEN', LIMITS)

  -- Returns a limit's settings, or nil if it was never declared, or was lost.
  local names_known = {}
  function named_limit(name)
    if names_known[name] == nil then
      names_known[name] =
        parse_named(unpack(redis.call('HMGET', LIMITS, 'n' .. name, 'o' .. name, 'd' .. name), 1, 3)) or false
    end
    return names_known[name] or nil
  end
end
