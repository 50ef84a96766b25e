-- Reads the named limits, or changes them: one change, named by `change`.
--   read
--   declare   [name limit]…       sets those that are missing
--   set       name limit          replaces the existing one
--   override  key windows         sets windows for the keys that a pattern matches
--   default   key                 removes their override
--   demand    key micros whose windows   a demand for higher windows, for this long
--   calm      key whose           ends the demand
--   settings  key                 reads one limit, with its overrides and demands
--   again                         continues to tell lines of a change
--   pause     key micros          pauses one key for this long, or 'inf'
--   resume    key                 ends the pause
--
-- KEYS meta scope starts limits limits:held lines closed
-- ARGV given seen remembered start_up channel client change key micros cursor whose windows [name limit]…
-- REPLY now, latest start, settings, epoch and server or nil (ask again), 'undeclared', 'many', 'crowded', 'ok', or 'unheard' if nobody needs to learn of it, where to continue or '', [name, limit]…, or for one limit its name, limit, overrides and demands
-- COST O(log n) for each line that waits for a key of the limit, a bounded number of them

local META, SCOPE, STARTS, LIMITS, LIMITS_HELD, LINES, CLOSED = unpack(KEYS)
local given, seen, remembered, start_up, channel, client, change, key, micros, cursor, whose, windows = unpack(ARGV, 1, 12)
-- @include basics
-- @include limiter
-- @include state
-- @include named
-- @include pauses
-- @include scoped
-- @include freed
-- @include wake
-- @include loaded

keep_types('ZCARD', LIMITS_HELD, LINES, CLOSED)

local MOST_LIMITS = 32
local MOST_OVERRIDES = 100
local MOST_DEMANDS = 32
local MOST_LINES = 1000

word('change', change, 'read declare set again pause resume override default demand calm settings')
local function is_encoded(text, most)
  return #text <= most and string.match(text, '^[%w.%-*_+%%]*$')
end
local function require_key()
  local name, rest = string.match(key, '^([^=]+)=([^=]*)$')
  if not name or not is_encoded(name, 600) or not is_encoded(rest, 6000) then
    error('ARGUMENT key must be a limit and a key but is "' .. key .. '"', 0)
  end
  return name, rest
end
for i = 13, #ARGV, 2 do
  local name, text = ARGV[i], tostring(ARGV[i + 1])
  if name == '' or not is_encoded(name, 600) then
    error('ARGUMENT name must be encoded but is "' .. name .. '"', 0)
  end
  local most, ceilings, rest = string.match(text, '^(%-?%d*) [01]([^|]*)|?(.*)$')
  if not most then
    error('ARGUMENT limit must be a named limit but is "' .. text .. '"', 0)
  elseif most ~= '-' then
    whole('maxInFlight', most, 1, 1000000)
  end
  for high in string.gmatch(ceilings, ' %^([^^]*)') do
    require_limit((string.gsub(high, ' $', '')))
  end
  for window in string.gmatch(rest, '[^|]+') do
    require_limit(window)
  end
end

local name, pattern
if change == 'override' or change == 'default' or change == 'demand' or change == 'calm' then
  name, pattern = require_key()
end
if change == 'override' or change == 'demand' then
  local terms = windows_terms(windows)
  if not terms or #terms.windows == 0 or #terms.windows > 8 then
    error('ARGUMENT windows must be 1 to 8 limits but is "' .. windows .. '"', 0)
  end
  for window in string.gmatch(windows, '[^|]+') do
    require_limit(window)
  end
end
if change == 'demand' or change == 'calm' then
  if not string.match(whose, '^%S+$') then
    error('ARGUMENT whose must be a word but is "' .. whose .. '"', 0)
  end
end

local names = redis.call('HGET', SCOPE, 'limit_names') or ''
local count_names = select(2, string.gsub(names, '%S+', ''))

local function is_known(name)
  return string.find(' ' .. names .. ' ', ' ' .. name .. ' ', 1, true)
end

-- Returns whether the name is known, or there was room for it.
local function note_name(name)
  if not is_known(name) then
    if count_names >= MOST_LIMITS then
      return false
    end
    count_names = count_names + 1
    names = names == '' and name or names .. ' ' .. name
    redis.call('HSET', SCOPE, 'limit_names', names)
  end
  return true
end

-- Makes other queues of the scope examine all lines of a limit.
local function tell_others(name)
  if owner then
    redis.call('HSET', SCOPE, 'c' .. name, redis.call('HINCRBY', SCOPE, 'changed', 1))
    wake_scope()
  end
end

-- Makes this queue examine them, too.
local function tell_all(name)
  tell_others(name)
  cursor = '[' .. name .. '='
end

-- Sets a limit. If its earlier settings were lost, its past is unknown.
local function set_limit(name, text)
  local old = named_limit(name)
  local forgotten = old and old.forgotten > NEVER and old.forgotten
  if not old and is_known(name) then
    forgotten = now
  elseif old then
    local same = string.match(redis.call('HGET', LIMITS, 'n' .. name), '|.*$') == string.match(text, '|.*$')
    forgotten = same and forgotten or math.max(forgotten or NEVER, now - old.memory)
  end
  if not note_name(name) then
    return 'many'
  end
  if not old then
    -- Its overrides and demands were lost with it, or are unreadable.
    redis.call('HDEL', LIMITS, 'o' .. name, 'd' .. name)
  end
  redis.call('HSET', LIMITS, 'n' .. name, (forgotten and int(forgotten) or '-') .. ' ' .. text)
  tell_all(name)
end

local function precision_of(pattern)
  if not string.find(pattern, '*', 1, true) then
    return MOST_PRECISE
  end
  return #decoded((string.gsub(pattern, '%*', '')))
end

-- Sets the override of a pattern, or removes it if `own` is nil. Among equally precise ones, the latest
-- comes first.
local function set_override(named, own)
  local precision, memory, most_cost = precision_of(pattern), 0, 0
  local lines = {}
  local function add(line)
    local terms = windows_terms(string.match(line, '|.*$')) or { longest = 0, largest = 0 }
    memory, most_cost = math.max(memory, terms.longest), math.max(most_cost, terms.largest)
    lines[#lines + 1] = line
  end
  local line = own and int(precision) .. ' ' .. pattern .. own
  for other in string.gmatch(named.overrides, '\n([^\n]+)') do
    local others, keys = string.match(other, '^(%d+) ([^|]*)')
    if line and (tonumber(others) or 0) <= precision then
      add(line)
      line = nil
    end
    if keys ~= pattern then
      add(other)
    end
  end
  if line then
    add(line)
  end
  if #lines > MOST_OVERRIDES then
    return 'crowded'
  end
  local text = #lines == 0 and '' or int(memory) .. ' ' .. int(most_cost) .. '\n' .. table.concat(lines, '\n')
  if text == named.overrides then
    return nil
  end
  if text == '' then
    redis.call('HDEL', LIMITS, 'o' .. name)
  else
    redis.call('HSET', LIMITS, 'o' .. name, text)
  end
  -- What is forgotten may lie in a longer window.
  local forgotten = int(math.max(named.forgotten, now - named.memory))
  redis.call('HSET', LIMITS, 'n' .. name,
    (string.gsub(redis.call('HGET', LIMITS, 'n' .. name), '^%-?%d*', forgotten, 1)))
  tell_all(name)
end

-- Whether nobody needs to learn of the change.
local is_unheard = false

-- Sets an owner's demand, or ends it if `lapse` is nil; forgets lapsed demands. A change that only moves
-- the end wakes nobody.
local function set_demand(named, lapse)
  local lines = {}
  local is_renewal = false
  for other in string.gmatch(named.demands, '\n([^\n]+)') do
    local other_whose, ends, keys, wanted = string.match(other, '^(%S+) (%d+) ([^|]*)(.*)$')
    if ends and now < tonumber(ends) then
      if other_whose == whose and keys == pattern then
        is_renewal = wanted == windows
      else
        lines[#lines + 1] = other
      end
    end
  end
  if lapse and #lines >= MOST_DEMANDS then
    local first, earliest = 1, FAR
    for i, other in ipairs(lines) do
      local ends = tonumber(string.match(other, '^%S+ (%d+)'))
      if ends < earliest then
        first, earliest = i, ends
      end
    end
    table.remove(lines, first)
  end
  if lapse then
    lines[#lines + 1] = whose .. ' ' .. int(lapse) .. ' ' .. pattern .. windows
    if not is_renewal then
      tell_all(name)
    end
  end
  is_unheard = is_renewal or not lapse
  if #lines == 0 then
    redis.call('HDEL', LIMITS, 'd' .. name)
  else
    redis.call('HSET', LIMITS, 'd' .. name, '\n' .. table.concat(lines, '\n'))
  end
end

local refused_by
if change ~= 'read' and change ~= 'settings' then
  write_even_if_full()
end
if change == 'declare' then
  local first
  for i = 13, #ARGV, 2 do
    if not named_limit(ARGV[i]) then
      refused_by = refused_by or set_limit(ARGV[i], ARGV[i + 1])
      first = first or cursor
    elseif not note_name(ARGV[i]) then
      refused_by = 'many'
    end
  end
  -- Starts at the first of them and covers all limits: examining a line too often does no harm.
  cursor = first and '[' or ''
elseif change == 'set' then
  refused_by = set_limit(ARGV[13] or error('ARGUMENT name is missing', 0), ARGV[14])
elseif name then
  local named = named_limit(name)
  if not named then
    refused_by = 'undeclared'
  elseif change == 'override' or change == 'default' then
    refused_by = set_override(named, change == 'override' and windows or nil)
  else
    set_demand(named, change == 'demand' and now + whole('micros', micros, 0, FAR) or nil)
  end
elseif change == 'pause' or change == 'resume' then
  require_key()
  micros = change == 'pause' and micros ~= 'inf' and whole('micros', micros, 0, FAR) or nil
  local known, member = pause_of(key)
  if change == 'pause' and not named_limit(string.match(key, '^[^=]*')) then
    refused_by = 'undeclared'
  else
    local ends = change == 'pause' and (micros and now + micros or FAR) or NEVER
    -- The longer of two pauses holds.
    if change == 'resume' or not known or known < ends then
      if member then
        redis.call('ZREM', LIMITS_HELD, member)
      end
      if change == 'pause' then
        redis.call('ZADD', LIMITS_HELD, 0, '!' .. key .. '|' .. (micros and string.format('%016d', ends) or 'inf'))
      end
    end
    look_again(key)
    tell_scope(key)
    wake(channel, client)
  end
end

-- Examines the lines of the limit, some of them with each call.
if not refused_by and cursor ~= '' and change ~= 'read' and change ~= 'settings' then
  local name = string.match(cursor, '^%[([^=]+)=')
  local to = name and '(' .. name .. '>' or '+'
  local looked = 0
  while cursor ~= '' and looked < MOST_LINES do
    local member = redis.call('ZRANGEBYLEX', LINES, string.match(cursor, '^%[.*$') or '-', to, 'LIMIT', 0, 1)[1]
    local line = member and string.match(member, '^([^|]+|[^|]*)|')
    if line then
      redis.call('ZADD', CLOSED, 'XX', 0, line)
      cursor = '[' .. line .. '}'
    else
      -- Flows whose turn comes begin with '|', and are behind all keys.
      cursor = ''
    end
    looked = looked + 1
  end
  wake(channel, client)
elseif change ~= 'again' then
  cursor = ''
end

local answer = reply(refused_by or (is_unheard and 'unheard') or 'ok', cursor)
if change == 'settings' then
  local all = redis.call('HMGET', LIMITS, 'n' .. key, 'o' .. key, 'd' .. key)
  if all[1] then
    answer[#answer + 1] = key
    for i = 1, 3 do
      answer[#answer + 1] = all[i] or ''
    end
  end
  return answer
end
for name in string.gmatch(names, '%S+') do
  local text = redis.call('HGET', LIMITS, 'n' .. name)
  if text then
    answer[#answer + 1] = name
    answer[#answer + 1] = text
  end
end
return answer
