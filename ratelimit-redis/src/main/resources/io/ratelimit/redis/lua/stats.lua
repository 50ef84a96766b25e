-- What the queue holds.
--
-- KEYS meta starts pending:high pending:normal pending:low types events delayed leased failed observed
-- ARGV given seen remembered start_up
-- REPLY now, latest start, settings, epoch and server or nil (ask again), published, pending of each
--       priority, delayed, leased, done, failed, discarded, starts, permits that they took, retried,
--       given up, expired, shift of the clock, until when starts may be missing or nil, how many peaks,
--       [at, permits]…, when the oldest pending was published or nil, weight in the window without what
--       is assumed, weight that is assumed there and its end or nil, latest start without what is
--       assumed or nil, next start if it is later or nil, how many types were observed, [name,
--       history]…, [type or "type weight", pending]…
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

local asked, earliest = next_start(now, 1)
local in_window = held_in_window(in_force(now), now)
local from = now - in_force(now).window
local assumed, assumed_until = 0, false
if L.run and L.run.at > from then
  assumed, assumed_until = run_after(L.run, from), L.run.at
end
local latest = L.cum > L.base and L.latest
if L.run and L.cum == L.run.stop then
  local before = redis.pcall('ZREVRANGE', STARTS, 1, 1, 'WITHSCORES')
  latest = tonumber(before[2])
end

local m = redis.call('HMGET', META, 'published', 'done', 'discarded', 'expired', 'retried',
  'given_up')
load_windows()
local answer = reply(
  tonumber(m[1]) or 0,
  redis.call('ZCARD', PENDING_HIGH),
  redis.call('ZCARD', PENDING_NORMAL),
  redis.call('ZCARD', PENDING_LOW),
  redis.call('ZCARD', DELAYED),
  redis.call('ZCARD', LEASED),
  tonumber(m[2]) or 0,
  redis.call('ZCARD', FAILED),
  tonumber(m[3]) or 0,
  L.starts,
  L.permits,
  tonumber(m[5]) or 0,
  tonumber(m[6]) or 0,
  tonumber(m[4]) or 0,
  line.shift,
  W.unknown > NEVER and W.unknown,
  #W.at
)
for i = 1, #W.at do
  answer[#answer + 1] = W.at[i]
  answer[#answer + 1] = W.permits[i]
end
for _, value in ipairs({
  oldest or false,
  in_window,
  assumed,
  assumed_until,
  latest or false,
  earliest and earliest > asked and earliest or false,
}) do
  answer[#answer + 1] = value
end
local observed = redis.call('HGETALL', OBSERVED)
answer[#answer + 1] = #observed / 2
for _, value in ipairs(observed) do
  answer[#answer + 1] = value
end
for _, value in ipairs(redis.call('HGETALL', TYPES)) do
  answer[#answer + 1] = value
end
return answer
