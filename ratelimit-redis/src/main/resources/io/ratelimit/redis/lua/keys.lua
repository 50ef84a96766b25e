-- Returns the states of keys of a named limit that matter: if `max` is 0, of one key, given as '=' and
-- its name; otherwise of up to `max` keys after a key, '' for the beginning. A key matters if it has
-- starts in a window, an event that waits or is in flight, or a pause.
--
-- KEYS meta scope starts limits limits:starts limits:held lines
-- ARGV given name key max
-- REPLY where to continue or '', for each key its name, in flight, paused until, 'inf' or nil, latest start or nil, next start or nil, how many windows, for each its limit and the cost of the starts in it
-- COST O(log n) for each key and window

local META, SCOPE, STARTS, LIMITS, LIMITS_STARTS, LIMITS_HELD, LINES = unpack(KEYS)
local given, name, key, max = unpack(ARGV)
-- @include basics
-- @include clock
-- @include known
-- @include limiter
-- @include named
-- @include pauses
-- @include scoped
-- @include keystates

keep_types('ZCARD', LINES)
max = whole('max', max, 0, 100)
local now = clock(given, redis.call('HGET', META, 'now'))
local named = named_limit(name)
local answer = { '' }
if not named then
  return answer
end

local function add(each)
  local packed = redis.call('HGET', LIMITS, 's' .. each)
  local state = packed and N.state(each, named, now)
  local in_flight = redis.call('ZLEXCOUNT', LIMITS_HELD, '[' .. each .. '|', '(' .. each .. '}')
  local paused = pause_of(each)
  if paused and paused <= now then
    paused = nil
  end
  local waits = redis.call('ZLEXCOUNT', LINES, '[' .. each .. '|', '(' .. each .. '}') > 0
  local starts = state and state.cum > state.base and state.latest > state.forgotten
    and state.latest + named.of(each).longest > now
  if not (in_flight > 0 or paused or waits or starts) then
    return false
  end
  local windows = named.in_force(each, now)
  local opens = N.opening(each, 1, now)
  local values = { string.sub(each, #name + 2), in_flight, paused == FAR and 'inf' or paused and int(paused) or false,
    starts and state.latest or false, opens < FAR and int(opens), #windows }
  for _, window in ipairs(windows) do
    values[#values + 1] = window.text
    values[#values + 1] = state and N.held_after(each, state, math.max(state.forgotten, now - window.window)) or 0
  end
  for i = 1, #values do
    answer[#answer + 1] = values[i]
  end
  return true
end

if max == 0 then
  add(name .. key)
  return answer
end

-- Returns the next key after a position in three sets.
local function next_key(after)
  local next
  for _, each in ipairs({ { LIMITS_STARTS, '' }, { LIMITS_HELD, '' }, { LIMITS_HELD, '!' }, { LINES, '' } }) do
    local key, mark = each[1], each[2]
    local member = redis.call('ZRANGEBYLEX', key, '(' .. mark .. after, '(' .. mark .. name .. '>', 'LIMIT', 0, 1)[1]
    local found = member and string.match(member, '^!?([^|]*)|')
    if found and (not next or found < next) then
      next = found
    end
  end
  return next
end

local after = key == '' and name .. '=' or name .. key .. '}'
local shown, looked = 0, 0
while shown < max and looked < 1000 do
  local each = next_key(after)
  if not each then
    return answer
  end
  looked = looked + 1
  shown = shown + (add(each) and 1 or 0)
  after = each .. '}'
end
answer[1] = string.match(after, '=[^}]*')
return answer
