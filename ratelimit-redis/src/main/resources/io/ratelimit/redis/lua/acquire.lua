-- Acquires permits without taking events, for one request after another: from the queue's own limit, and
-- from named limits as `charges` says, "/limit=key:cost" for each; all of a request or nothing. If one
-- request must wait, those behind it that draw from the same limits and keys wait, too, with the same
-- answer. A request that is sent again with the same id gets the same start again, for a while, and only
-- among the latest requests: a call that is made long after its start was counted could be one too many in
-- its window.
--
-- KEYS meta scope starts limits limits:starts limits:held acquired
-- ARGV given seen remembered start_up [request permits charges]…
-- REPLY now, latest start, settings, epoch and server or nil (ask again), 'undeclared' or 'windowless' and a limit if nothing was decided, or 'decided' and for each request one of
--         'granted', start
--         'at', time
--         'paused', until or nil
--         'never', "most limit=key": the most that can start, and the key; no key for the queue's own limit
-- COST O(log n) for each request, and for each key and window that it is charged in; O(log starts) for the
--      limit while it stays the same

local META, SCOPE, STARTS, LIMITS, LIMITS_STARTS, LIMITS_HELD, ACQUIRED = unpack(KEYS)
local given, seen, remembered, start_up = unpack(ARGV)
-- @include basics
-- @include limiter
-- @include state
-- @include charges

-- As io.ratelimit.core.queue.EventQueue has them.
local REMEMBERED = 5000000
local MOST_REMEMBERED = 1000

local requests = {}
local is_any_charged = false
for i = 5, #ARGV, 3 do
  local charges = ARGV[i + 2] or ''
  if not are_charges(charges) then
    error('ARGUMENT charges must be /limit=key:cost but are "' .. charges .. '"', 0)
  end
  is_any_charged = is_any_charged or charges ~= ''
  local permits = whole('permits', ARGV[i + 1], charges == '' and 1 or 0, 1000000)
  requests[#requests + 1] = { id = ARGV[i], permits = permits, charges = charges,
    line = (permits > 0 and '+' or '') .. string.gsub(charges, ':%d+', '') }
end
-- @include loaded

-- What named limits need. Loading it takes longer than most calls.
local keys
if is_any_charged then
  keys = (function()
-- @include named
-- @include pauses
-- @include scoped
-- @include keystates
    local each = '/([^:/]+):(%d+)'
    local K = {}

    -- Returns why charges cannot be decided on, and the limit; or nil.
    function K.refusal(charges)
      for key in string.gmatch(charges, each) do
        local named = named_limit(name_of_key(key))
        if not named then
          return 'undeclared', name_of_key(key)
        elseif #named.of(key).windows == 0 and not named.of(key).is_lost then
          return 'windowless', name_of_key(key)
        end
      end
    end

    -- Returns the most that a key admits, and the key, if it never admits its charge; or nil.
    function K.never(charges)
      for key, cost in string.gmatch(charges, each) do
        local named = named_limit(name_of_key(key))
        local largest = named.of(key).largest
        if tonumber(cost) > largest then
          return int(largest) .. ' ' .. key
        end
      end
    end

    -- Returns why keys do not admit a start, or nil.
    function K.closed(charges)
      local latest, paused = now, NEVER
      for key, cost in string.gmatch(charges, each) do
        local pause = pause_of(key)
        if pause and pause > now then
          paused = math.max(paused, pause)
        end
        local opens = N.opening_for_call(key, tonumber(cost), now)
        if opens > now and opens < FAR then
          -- The demand that raises it may have been renewed before it lapses.
          local _, lapse = named_limit(name_of_key(key)).in_force(key, now)
          opens = math.min(opens, lapse)
        end
        latest = math.max(latest, opens)
      end
      if paused > NEVER then
        return 'paused', paused < FAR and paused
      elseif latest > now then
        return 'at', latest
      end
    end

    function K.pay(charges, start)
      for key, cost in string.gmatch(charges, each) do
        N.start(key, tonumber(cost), start)
      end
      if owner then
        redis.call('HSET', SCOPE, 'now', int(start))
      end
    end
    return K
  end)()
  for _, request in ipairs(requests) do
    local refusal, name = keys.refusal(request.charges)
    if refusal then
      return reply(refusal, name)
    end
  end
end

local granted, acquired = 0, 0

-- Returns the start that a request got earlier, or nil.
local function start_of(id)
  local start = redis.pcall('ZSCORE', ACQUIRED, id)
  start = type(start) == 'string' and tonumber(start)
  return start and start > now - REMEMBERED and start or nil
end

local function remember(id, start)
  local added = redis.pcall('ZADD', ACQUIRED, int(start), id)
  if type(added) == 'table' then
    redis.call('UNLINK', ACQUIRED)
    redis.call('ZADD', ACQUIRED, int(start), id)
  end
end

local function acquire(request)
  write_even_if_full()
  local outcome, detail = 'granted', now
  if request.charges ~= '' then
    local closed, when = keys.closed(request.charges)
    if closed then
      return closed, when
    end
  end
  if request.permits > 0 then
    admit_weight(request.permits)
    outcome, detail = decide(now, request.permits)
    if outcome == 'granted' then
      -- A call without an event is not an attempt.
      L.starts, L.permits = L.starts - 1, L.permits - request.permits
      acquired = acquired + request.permits
    elseif is_paused(now) then
      return 'paused', S.pause ~= 'inf' and tonumber(S.pause)
    end
  end
  if outcome == 'granted' then
    if request.charges ~= '' then
      keys.pay(request.charges, detail)
    end
    granted = granted + 1
    remember(request.id, detail)
  end
  return outcome, detail
end

local function never(request)
  if request.permits > S.normal.permits then
    return int(S.normal.permits) .. ' '
  end
  return request.charges ~= '' and keys.never(request.charges) or nil
end

local answers = {}
local in_front, in_front_detail = {}, {}
for _, request in ipairs(requests) do
  local outcome, detail = 'granted', start_of(request.id)
  if not detail then
    local line = request.line
    outcome, detail = 'never', never(request)
    if not detail then
      outcome, detail = in_front[line], in_front_detail[line]
    end
    if not outcome then
      outcome, detail = acquire(request)
      if outcome ~= 'granted' then
        in_front[line], in_front_detail[line] = outcome, detail
      end
    end
  end
  answers[#answers + 1] = outcome
  answers[#answers + 1] = detail
end
if granted > 0 then
  redis.call('ZREMRANGEBYSCORE', ACQUIRED, '-inf', int(now - REMEMBERED))
  redis.call('ZREMRANGEBYRANK', ACQUIRED, 0, -MOST_REMEMBERED - 1)
  if acquired > 0 then
    count('acquired', acquired)
  end
  write_starts()
  save('now', int(now))
end
local answer = reply('decided')
for i = 1, 2 * #requests do
  answer[5 + i] = answers[i]
end
return answer
