-- What the queue holds.
--
-- KEYS meta starts pending:high pending:normal pending:low types events delayed leased failed observed
-- ARGV given seen remembered start_up
-- REPLY now, latest start, settings, published, pending of each priority, delayed, leased, done,
--       failed, discarded, starts, expired, when the oldest pending was published or nil, weight in
--       the window without what is assumed, weight that is assumed there and its end or nil, latest
--       start without what is assumed or nil, next start if it is later or nil, how many types were observed, [name, history]…, [type or "type weight", pending]…
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
    oldest = math.min(oldest or FAR, published)
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
local answer = reply(
  tonumber(m[1] or 0),
  redis.call('ZCARD', PENDING_HIGH),
  redis.call('ZCARD', PENDING_NORMAL),
  redis.call('ZCARD', PENDING_LOW),
  redis.call('ZCARD', DELAYED),
  redis.call('ZCARD', LEASED),
  tonumber(m[2] or 0),
  redis.call('ZCARD', FAILED),
  tonumber(m[3] or 0),
  L.starts,
  tonumber(m[4] or 0),
  oldest or false,
  in_window,
  assumed,
  assumed_until,
  latest or false,
  earliest and earliest > asked and earliest or false
)
local observed = redis.call('HGETALL', OBSERVED)
answer[#answer + 1] = #observed / 2
for _, value in ipairs(observed) do
  answer[#answer + 1] = value
end
for _, value in ipairs(redis.call('HGETALL', TYPES)) do
  answer[#answer + 1] = value
end
return answer
