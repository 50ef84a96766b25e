-- Reads the named limits, or changes them: one change, named by `change`.
--   read
--   declare   [name limit]…       sets those that are not there
--   set       name limit          in place of the one that is there
--   again                         goes on where a change ended that lines have to hear of
--   pause     key micros          a pause of one key for so long, or 'inf'
--   resume    key                 no pause of it
--
-- KEYS meta scope starts limits limits:held lines closed
-- ARGV given seen remembered start_up channel client change key micros cursor [name limit]…
-- REPLY now, latest start, settings, epoch and server or nil (ask again), 'undeclared', 'many' or 'ok', where to go on or '', [name, limit]…
-- COST O(log n) for each line that waits for a key of the limit, so many of them at most

local META, SCOPE, STARTS, LIMITS, LIMITS_HELD, LINES, CLOSED = unpack(KEYS)
local given, seen, remembered, start_up, channel, client, change, key, micros, cursor = unpack(ARGV, 1, 10)
-- @include basics
-- @include limiter
-- @include state
-- @include named
-- @include pauses
-- @include scoped
-- @include freed
-- @include wake
-- @include loaded

local MOST_LIMITS = 32
local MOST_LINES = 1000

word('change', change, 'read declare set again pause resume')
local function is_encoded(text, most)
  return #text <= most and string.match(text, '^[%w.%-*_+%%]*$')
end
local function require_key()
  local name, rest = string.match(key, '^([^=]+)=([^=]*)$')
  if not name or not is_encoded(name, 600) or not is_encoded(rest, 3000) then
    error('ARGUMENT key must be a limit and a key but is "' .. key .. '"', 0)
  end
end
for i = 11, #ARGV, 2 do
  local name, text = ARGV[i], tostring(ARGV[i + 1])
  if name == '' or not is_encoded(name, 600) then
    error('ARGUMENT name must be encoded but is "' .. name .. '"', 0)
  end
  local most, rest = string.match(text, '^(%-?%d*) [01]|?(.*)$')
  if not most then
    error('ARGUMENT limit must be a named limit but is "' .. text .. '"', 0)
  elseif most ~= '-' then
    whole('maxInFlight', most, 1, 1000000)
  end
  for window in string.gmatch(rest, '[^|]+') do
    require_limit(window)
  end
end

local names = redis.call('HGET', SCOPE, 'limit_names') or ''
local count_names = select(2, string.gsub(names, '%S+', ''))

local function is_known(name)
  return string.find(' ' .. names .. ' ', ' ' .. name .. ' ', 1, true)
end

-- Returns whether it is among the names, or has room.
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

-- Sets a limit; of one that was lost the past is unknown.
local function set_limit(name, text)
  local old = named_limit(name)
  local forgotten = old and old.forgotten > NEVER and old.forgotten
  if not old and is_known(name) then
    forgotten = now
  elseif old then
    local same = string.match(redis.call('HGET', LIMITS, 'n' .. name), '|.*$') == string.match(text, '|.*$')
    forgotten = same and forgotten or math.max(forgotten or NEVER, now - old.longest)
  end
  if not note_name(name) then
    return 'many'
  end
  redis.call('HSET', LIMITS, 'n' .. name, (forgotten and int(forgotten) or '-') .. ' ' .. text)
  if owner then
    redis.call('HSET', SCOPE, 'c' .. name, redis.call('HINCRBY', SCOPE, 'changed', 1))
    wake_scope()
  end
  cursor = '[' .. name .. '='
end

local refused_by
if change ~= 'read' then
  write_even_if_full()
end
if change == 'declare' then
  local first
  for i = 11, #ARGV, 2 do
    if not named_limit(ARGV[i]) then
      refused_by = refused_by or set_limit(ARGV[i], ARGV[i + 1])
      first = first or cursor
    elseif not note_name(ARGV[i]) then
      refused_by = 'many'
    end
  end
  -- From the first of them on, of all limits: a line that is looked at too often does no harm.
  cursor = first and '[' or ''
elseif change == 'set' then
  refused_by = set_limit(ARGV[11] or error('ARGUMENT name is missing', 0), ARGV[12])
elseif change == 'pause' or change == 'resume' then
  require_key()
  micros = change == 'pause' and micros ~= 'inf' and whole('micros', micros, 0, FAR) or nil
  local known, member = pause_of(key)
  if change == 'pause' and not named_limit(string.match(key, '^[^=]*')) then
    refused_by = 'undeclared'
  else
    local ends = change == 'pause' and (micros and now + micros or FAR) or NEVER
    -- Of two pauses the longer one holds.
    if change == 'resume' or not known or known < ends then
      if member then
        redis.call('ZREM', LIMITS_HELD, member)
      end
      if change == 'pause' then
        redis.call('ZADD', LIMITS_HELD, 0, '!' .. key .. '|' .. (micros and string.format('%016d', ends) or 'inf'))
      end
    end
    look_again(key)
    if change == 'resume' then
      tell_scope(key)
    end
    wake(channel, client)
  end
end

-- The lines of a limit are to be looked at, some of them with each call.
if not refused_by and cursor ~= '' and change ~= 'read' then
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

local answer = reply(refused_by or 'ok', cursor)
for name in string.gmatch(names, '%S+') do
  local text = redis.call('HGET', LIMITS, 'n' .. name)
  if text then
    answer[#answer + 1] = name
    answer[#answer + 1] = text
  end
end
return answer
