-- What the queue holds.
--
-- KEYS meta starts pending:high pending:normal pending:low types events delayed leased failed observed
-- ARGV given seen remembered start_up
-- REPLY now, latest start, settings, published, pending of each priority, delayed, leased, done,
--       failed, discarded, starts, expired, when the oldest pending was published or nil, weight in
--       the window without what is assumed, weight that is assumed there and its end or nil, latest
--       start without what is assumed or nil, next start if it is later or nil, events without a
--       trace, how many types were observed, [name, history]…, [type or "type weight", pending]…
-- COST O(types + log starts)

local META, STARTS, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS, DELAYED, LEASED, FAILED,
  OBSERVED = unpack(KEYS)
local given, seen, remembered, start_up = unpack(ARGV)
-- @include basics
-- @include limiter
-- @include state
-- @include events
-- @include loaded

local oldest
for _, pending in pairs(PENDING) do
  local id = redis.call('ZRANGE', pending, 0, 0)[1]
  if id then
    local _, published = parse_record(redis.call('HGET', EVENTS, id))
    oldest = published and math.min(oldest or FAR, published) or oldest
  end
end

local from = now - in_force(now).window
local before = redis.call('ZREVRANGEBYSCORE', STARTS, int(from), '-inf', 'LIMIT', 0, 1)
local in_window = L.cum - tonumber(before[1] or L.base)
local assumed, assumed_until = 0, false
if L.run and L.run.at > from then
  in_window = in_window - L.run.size
  assumed, assumed_until = run_after(L.run, from), L.run.at
end
local latest = L.cum > L.base and L.latest
if L.run and L.cum == L.run.stop then
  local before = redis.call('ZREVRANGE', STARTS, 1, 1, 'WITHSCORES')
  latest = tonumber(before[2])
end

local asked, earliest = next_start(now, 1)

local m = redis.call('HMGET', META, 'published', 'done', 'discarded', 'expired')
for i = 1, 4 do
  m[i] = tonumber(m[i]) or 0
end
local failed = redis.call('ZCARD', FAILED)
local lost = m[1] - m[2] - m[3] - failed - redis.call('HLEN', EVENTS)
local answer = reply(
  m[1],
  redis.call('ZCARD', PENDING_HIGH),
  redis.call('ZCARD', PENDING_NORMAL),
  redis.call('ZCARD', PENDING_LOW),
  redis.call('ZCARD', DELAYED),
  redis.call('ZCARD', LEASED),
  m[2],
  failed,
  m[3],
  L.starts,
  m[4],
  oldest or false,
  in_window,
  assumed,
  assumed_until,
  latest or false,
  earliest and earliest > asked and earliest or false,
  math.max(0, lost)
)
local observed = redis.call('HGETALL', OBSERVED)
answer[#answer + 1] = #observed / 2
for _, value in ipairs(observed) do
  answer[#answer + 1] = value
end
local types = redis.call('HGETALL', TYPES)
for i = 1, #types, 2 do
  answer[#answer + 1] = types[i]
  answer[#answer + 1] = math.max(0, math.min(tonumber(types[i + 1]) or 0, FAR))
end
return answer
