-- Spends permits on starts that no event is taken for, for one request after the other. Where one must
-- wait, so must those behind it, with the same answer. A request that is sent again with the same id gets
-- the start that it got, for a while: of the latest requests only, as a start that is made long after it
-- was counted may be one too many in its window.
--
-- KEYS meta scope starts limits acquired
-- ARGV given seen remembered start_up [request permits]…
-- REPLY now, latest start, settings, epoch and server or nil (ask again), and for each request one of
--         'granted', start
--         'at', time
--         'paused', until or nil
--         'never', the most permits that can start
-- COST O(log n) for each request; O(log starts) for the limit while it stays the same

local META, SCOPE, STARTS, LIMITS, ACQUIRED = unpack(KEYS)
local given, seen, remembered, start_up = unpack(ARGV)
-- @include basics
-- @include limiter
-- @include state

-- As io.ratelimit.core.queue.EventQueue has them.
local REMEMBERED = 5000000
local MOST_REMEMBERED = 1000

local requests = {}
for i = 5, #ARGV, 2 do
  requests[#requests + 1] = { id = ARGV[i], permits = whole('permits', ARGV[i + 1], 1, 1000000) }
end
-- @include loaded

local acquired = 0

-- The start that a request got before, or nil.
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
  admit_weight(request.permits)
  local outcome, detail = decide(now, request.permits)
  if outcome == 'granted' then
    -- It is no attempt.
    L.starts, L.permits = L.starts - 1, L.permits - request.permits
    acquired = acquired + request.permits
    remember(request.id, detail)
  elseif is_paused(now) then
    return 'paused', S.pause ~= 'inf' and tonumber(S.pause)
  end
  return outcome, detail
end

local answers = {}
local in_front, in_front_detail
for _, request in ipairs(requests) do
  local outcome, detail = 'granted', start_of(request.id)
  if not detail then
    if request.permits > S.normal.permits then
      outcome, detail = 'never', S.normal.permits
    elseif in_front then
      outcome, detail = in_front, in_front_detail
    else
      outcome, detail = acquire(request)
      if outcome ~= 'granted' then
        in_front, in_front_detail = outcome, detail
      end
    end
  end
  answers[#answers + 1] = outcome
  answers[#answers + 1] = detail
end
if acquired > 0 then
  redis.call('ZREMRANGEBYSCORE', ACQUIRED, '-inf', int(now - REMEMBERED))
  redis.call('ZREMRANGEBYRANK', ACQUIRED, 0, -MOST_REMEMBERED - 1)
  count('acquired', acquired)
  write_starts()
  save('now', int(now))
end
local answer = reply()
for i = 1, 2 * #requests do
  answer[4 + i] = answers[i]
end
return answer
