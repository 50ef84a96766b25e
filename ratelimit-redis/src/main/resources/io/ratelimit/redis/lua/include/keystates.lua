-- The named limits and the states of their keys: decides as io.ratelimit.core.limit.KeyState does, to
-- the microsecond.
--   limits         's' and a key: its packed state; besides the paces of the windows, 'told' is the latest
--                  start to which the usage by other callers was added
--   limits:starts  "key|cost of all starts up to it|start", in the order of its members
-- Needs META, SCOPE, LIMITS, LIMITS_STARTS, LIMITS_HELD and the includes basics, limiter, named, pauses and scoped.

local N = {}
keep_types('ZCARD', LIMITS_STARTS, LIMITS_HELD)

function N.starts_of(key, from, most)
  return redis.call('ZRANGEBYLEX', LIMITS_STARTS, from or '[' .. key .. '|', '(' .. key .. '}', 'LIMIT', 0, most)
end

function N.parse_start(key, member)
  local cum, start = string.match(string.sub(member or '', #key + 1), '^|(%d+)|(%d+)$')
  return tonumber(cum), tonumber(start)
end

local function start_member(key, cum, start)
  return key .. string.format('|%016d|%016d', cum, start)
end

-- Forgets all starts up to a time.
local function forget_key(key, state, until_time)
  redis.call('ZREMRANGEBYLEX', LIMITS_STARTS, '[' .. key .. '|', '(' .. key .. '}')
  state.base, state.forgotten, state.latest = state.cum, until_time, until_time
  state.oldest = until_time
end

local function unpack_key(packed)
  if not packed then
    return nil
  end
  local ok, values = pcall(function() return { cmsgpack.unpack(packed) } end)
  if not ok or #values < 5 or (#values - 5) % 3 ~= 0 then
    return nil
  end
  for i = 1, 5 do
    if type(values[i]) ~= 'number' or values[i] >= FAR then
      return nil
    end
  end
  local state = { latest = values[1], cum = values[2], base = values[3], forgotten = values[4],
    oldest = values[5], paces = {} }
  for i = 6, #values, 3 do
    local micros, part = values[i + 1], values[i + 2]
    if type(values[i]) ~= 'string' or type(micros) ~= 'number' or type(part) ~= 'number' then
      return nil
    end
    state.paces[values[i]] = { micros, part }
  end
  return state.cum >= state.base and state or nil
end

local function save_key(key, state)
  local values = { state.latest, state.cum, state.base, state.forgotten, state.oldest }
  for text, pace in pairs(state.paces) do
    values[#values + 1] = text
    values[#values + 1] = pace[1]
    values[#values + 1] = pace[2]
  end
  redis.call('HSET', LIMITS, 's' .. key, cmsgpack.pack(unpack(values)))
end

-- Returns the pace after the latest starts, as if all had been made under one window.
local function replay_key(key, state, window)
  local found = redis.call('ZREVRANGEBYLEX', LIMITS_STARTS, '(' .. key .. '}', '[' .. key .. '|', 'LIMIT', 0, 1001)
  local micros, part, before = NEVER, 0, state.base
  local first = #found
  if #found > 1000 then
    micros, first = FAR, 1000
    before = N.parse_start(key, found[1001])
  end
  for i = first, 1, -1 do
    local cum, start = N.parse_start(key, found[i])
    if cum then
      micros, part = pace_after(micros, part, start, cum - before, window)
      before = cum
    end
  end
  return { micros, part }
end

-- Returns the pace of a window after the starts.
local function pace_of(key, state, window)
  local pace = state.paces[window.text]
  if not pace then
    pace = state.cum > state.base and replay_key(key, state, window) or { NEVER, 0 }
    state.paces[window.text] = pace
  end
  return pace
end

-- Returns the state of a key. A missing one has no starts in any window.
local states = {}
function N.state(key, named, at)
  local state = states[key]
  if state then
    return state
  end
  state = unpack_key(redis.call('HGET', LIMITS, 's' .. key))
  local lost = tonumber(redis.call('HGET', SCOPE, 'limits_lost')) or NEVER
  if not state then
    local is_damaged = #N.starts_of(key, nil, 1) > 0 or redis.call('HEXISTS', LIMITS, 's' .. key) == 1
    local forgotten = math.max(named.forgotten, lost)
    state = { latest = forgotten, cum = 0, base = 0, forgotten = forgotten, oldest = forgotten, paces = {} }
    if is_damaged then
      forget_key(key, state, at)
    end
  end
  state.forgotten = math.max(state.forgotten, named.forgotten, lost)
  states[key] = state
  return state
end

-- Returns when the window has this much room.
local function key_with_room(key, state, from, window, room)
  local earliest = math.max(from, state.forgotten + window)
  if state.cum - state.base <= room then
    return earliest
  end
  local leaving = state.cum - room
  local cum, start = N.parse_start(key, N.starts_of(key, '[' .. key .. string.format('|%016d', leaving), 1)[1])
  if not cum then
    -- The log is damaged.
    forget_key(key, state, math.max(from, state.latest))
    return math.max(earliest, state.forgotten + window)
  end
  return math.max(earliest, start + window)
end

-- Returns the earliest start of a cost from a time on. When demands lapse, lower windows are in force.
local function key_earliest(key, named, state, from, cost)
  from = math.max(from, state.latest)
  while true do
    local windows, lapse = named.in_force(key, from)
    local earliest = from
    for _, window in ipairs(windows) do
      local pace = pace_of(key, state, window)
      local micros, part =
        pace_plus(pace[1], pace[2], math.min(cost, window.burst) - window.burst, window)
      local paced = math.max(from, pace_ceiling(micros, part))
      earliest = math.max(earliest,
        key_with_room(key, state, paced, window.window, window.permits - cost))
    end
    if earliest < lapse or lapse == FAR then
      return earliest
    end
    from = lapse
  end
end

-- Returns the cost of the starts after a time.
function N.held_after(key, state, time)
  local first = redis.call('ZLEXCOUNT', LIMITS_STARTS, '-', '(' .. key .. '|')
  local low, high = 0, redis.call('ZLEXCOUNT', LIMITS_STARTS, '[' .. key .. '|', '(' .. key .. '}')
  local before = state.base
  while low < high do
    local middle = math.floor((low + high) / 2)
    local cum, start = N.parse_start(key, redis.call('ZRANGE', LIMITS_STARTS, first + middle, first + middle)[1])
    if start and start <= time then
      before, low = cum, middle + 1
    else
      high = middle
    end
  end
  return state.cum - before
end

-- Returns when the windows of a key admit a cost, from a time on.
function N.earliest(key, named, from, cost)
  return key_earliest(key, named, N.state(key, named, from), from, cost)
end

-- Returns when an attempt with a cost may start; FAR if unknown.
function N.opening(key, cost, at)
  local named = named_limit(name_of_key(key))
  if not named then
    return FAR
  elseif cost > named.of(key).largest then
    -- This limit blocks nobody: the next examination gives the event up.
    return at
  end
  if named.most
    and redis.call('ZLEXCOUNT', LIMITS_HELD, '[' .. key .. '|', '(' .. key .. '}') >= named.most then
    return FAR
  end
  return N.opening_for_call(key, cost, at)
end

-- Returns the same for a start without an attempt, which does not end.
function N.opening_for_call(key, cost, at)
  local named = named_limit(name_of_key(key))
  local from = at
  local paused = pause_of(key)
  if paused == FAR or named.of(key).is_lost then
    return FAR
  elseif paused and paused > at then
    from = paused
  end
  return key_earliest(key, named, N.state(key, named, at), from, cost)
end

-- Pays for an admitted start; returns whether it counts as in flight, which a start without an id does
-- not.
function N.start(key, cost, start, id)
  local named = named_limit(name_of_key(key))
  local state = N.state(key, named, start)
  start = math.max(start, state.latest)
  local longest = named.memory
  local paces = { told = state.paces.told }
  for _, window in ipairs((named.in_force(key, start))) do
    local pace = pace_of(key, state, window)
    paces[window.text] = { pace_after(pace[1], pace[2], start, cost, window) }
  end
  state.paces = paces
  if state.cum > state.base and state.latest == start then
    redis.call('ZREM', LIMITS_STARTS, start_member(key, state.cum, start))
  elseif state.cum == state.base then
    state.oldest = start
  end
  state.cum, state.latest = state.cum + cost, start
  redis.call('ZADD', LIMITS_STARTS, 0, start_member(key, state.cum, start))
  if state.oldest <= start - longest then
    local old = N.starts_of(key, nil, 101)
    local n = 0
    while n < 100 and old[n + 1] do
      local cum, at = N.parse_start(key, old[n + 1])
      if not cum or at > start - longest then
        break
      end
      state.base, state.forgotten = cum, at
      n = n + 1
    end
    if n > 0 then
      redis.call('ZREM', LIMITS_STARTS, unpack(old, 1, n))
    end
    local _, oldest = N.parse_start(key, old[n + 1])
    state.oldest = oldest or start
  end
  save_key(key, state)
  if named.most and id then
    redis.call('ZADD', LIMITS_HELD, 0, held_member(key, id))
    return true
  end
  return false
end

-- Examines some keys from time to time, and forgets those that no longer matter.
local SWEPT_AFTER = 100000
local SWEPT = 50
local RECOUNTED = 500
local MENDED = 20
function N.forget_some(flows)
  local m = redis.call('HMGET', META, 'swept', 'mended', 'checked')
  local swept = tonumber(m[1]) or NEVER
  if swept <= now and now < swept + SWEPT_AFTER then
    return
  end
  write_even_if_full()
  flows.recount(RECOUNTED)
  local cursor = string.match(redis.call('HGET', SCOPE, 'sweep') or '', '^%d+$') or '0'
  local found = redis.call('HSCAN', LIMITS, #cursor <= 15 and cursor or '0', 'COUNT', SWEPT)
  redis.call('HSET', SCOPE, 'sweep', found[1])
  redis.call('HSET', META, 'swept', int(now),
    'mended', flows.mend(string.match(m[2] or '', '^%[.*}$') or '', MENDED), 'checked', N.check_held(m[3] or ''))
  for i = 1, #found[2], 2 do
    local key = string.match(found[2][i], '^s(.*)$')
    local named = key and named_limit(name_of_key(key))
    local state = named and unpack_key(found[2][i + 1])
    if state and state.latest + named.memory <= now then
      local old = N.starts_of(key, nil, 1000)
      if #old > 0 then
        redis.call('ZREM', LIMITS_STARTS, unpack(old))
      end
      if #old < 1000 then
        redis.call('HDEL', LIMITS, found[2][i])
      else
        state.base, state.forgotten = N.parse_start(key, old[1000])
        state.base, state.forgotten = state.base or state.cum, state.forgotten or state.latest
        local _, oldest = N.parse_start(key, N.starts_of(key, nil, 1)[1])
        state.oldest = oldest or state.latest
        save_key(key, state)
      end
    end
  end
end

-- In a scope, a key whose opening time is unknown is examined again after this time.
local LOOKED_AT_AFTER = 1000000

-- Returns whether all keys of an event's flow are open, and no earlier flow waits for one. If not, the
-- flow stands aside at the key that opens last.
function N.admits(event, flows, state, at)
  local last, latest = nil, at
  for key, cost in string.gmatch(event.charges, '/([^:/]+):(%d+)') do
    local opens = N.opening(key, tonumber(cost), at)
    opens = math.max(opens, flows.reserved_until(key, state, at) or opens)
    if opens > latest then
      last, latest = key, opens
    end
  end
  if last then
    write_even_if_full()
    if owner then
      redis.call('ZADD', LIMITS_HELD, 0, '?' .. last .. '|' .. owner)
    end
    if latest < FAR then
      -- The demand that raises the limit may have been renewed before it lapses.
      local _, lapse = named_limit(name_of_key(last)).in_force(last, at)
      latest = math.min(latest, lapse)
    elseif owner then
      -- In a scope, other queues may open the key. It is examined from time to time in case their message
      -- is lost.
      latest = FAR + at + LOOKED_AT_AFTER
    end
    flows.stand_aside(state, last, latest)
  end
  return not last
end

-- Returns why an event could never start under the named limits, or nil.
function N.refusal(event)
  for key, cost in string.gmatch(event.charges, '/([^:/]+):(%d+)') do
    local named = named_limit(name_of_key(key))
    local largest = named and named.of(key).largest
    if largest and tonumber(cost) > largest then
      return 'costs ' .. cost .. ' in the limit ' .. decoded(name_of_key(key)) .. ', which admits '
        .. int(largest) .. ' at most'
    end
  end
end

-- Pays for a start; returns the keys under which the event is then in flight.
function N.charge(event, start)
  local held = ''
  write_even_if_full()
  if owner then
    redis.call('HSET', SCOPE, 'now', int(start))
  end
  for key, cost in string.gmatch(event.charges, '/([^:/]+):(%d+)') do
    if N.start(key, tonumber(cost), start, event.id) then
      held = held .. '/' .. key
    end
  end
  return held
end
