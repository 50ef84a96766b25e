-- What the queue holds.
--
-- KEYS meta scope starts limits pending:high pending:normal pending:low types events delayed leased failed observed aside aside:types keyed
-- ARGV given seen remembered start_up
-- REPLY now, latest start, settings, epoch and server or nil (ask again), published, pending of each
--       priority, delayed, leased, done, failed, discarded, starts, permits that they took,
--       permits that went to starts without an event, retried, given up, replaced, expired events and leases, shift of the clock, until when starts may be missing or nil, how many peaks,
--       [at, permits]…, when the oldest pending that is not set aside was published or nil, weight in the
--       window without what is assumed, weight that is assumed there and its end or nil, latest start
--       without what is assumed or nil, next start if it is later or nil, events without a trace, how
--       many types were observed, [name, history]…, how many names were set aside, [name, events, when
--       the oldest was published]…, events set aside, when the oldest of them was published, [type or "type weight", pending]…
-- COST O(types that are counted + log starts)

local META, SCOPE, STARTS, LIMITS, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS, DELAYED, LEASED, FAILED,
  OBSERVED, ASIDE, ASIDE_TYPES,
  KEYED = unpack(KEYS)
local given, seen, remembered, start_up = unpack(ARGV)
-- @include basics
-- @include limiter
-- @include state
-- @include charges
-- @include events
-- @include aside
-- @include loaded

local oldest
for _, pending in pairs(PENDING) do
  local id = redis.call('ZRANGE', pending, 0, 0)[1]
  if id then
    local _, published = parse_record(redis.call('HGET', EVENTS, id))
    oldest = published and math.min(oldest or FAR, published) or oldest
  end
end
for priority = 0, is_charged and 2 or -1 do
  local id = redis.call('ZRANGEBYSCORE', KEYED, int(aside_score(priority, 0)),
    int(aside_score(priority, SPAN - 1)), 'LIMIT', 0, 1)[1]
  local _, published = parse_record(id and redis.call('HGET', EVENTS, id))
  oldest = published and math.min(oldest or FAR, published) or oldest
end

local asked, earliest = next_start(now, 1)
local limit = in_force(now)
local in_window = held_in_window(limit, now)
local from = now - limit.window
local assumed, assumed_until = 0, false
if L.run and L.run.at > from then
  assumed, assumed_until = run_after(L.run, from), L.run.at
end
local latest = L.cum > L.base and L.latest
if L.run and L.cum == L.run.stop then
  local before = redis.pcall('ZREVRANGE', STARTS, 1, 1, 'WITHSCORES')
  latest = tonumber(before[2])
end

local MOST_NAMES = 200

local function pending(priority)
  return redis.call('ZCARD', PENDING[priority])
    + redis.call('ZCOUNT', ASIDE, int(aside_score(priority, 0)), int(aside_score(priority, SPAN - 1)))
    + redis.call('ZCOUNT', KEYED, int(aside_score(priority, 0)), int(aside_score(priority, SPAN - 1)))
end

-- [name, events, when the oldest was published]…
local function by_name()
  local found = {}
  local from = '-'
  while #found < 3 * MOST_NAMES do
    local member = redis.call('ZRANGEBYLEX', ASIDE_TYPES, from, '+', 'LIMIT', 0, 1)[1]
    if not member then
      break
    end
    local name = parse_aside(member)
    local past = '(' .. name .. '!'
    local published = FAR
    for priority = 0, 2 do
      local first =
        redis.call('ZRANGEBYLEX', ASIDE_TYPES, '[' .. name .. ' ' .. priority, past, 'LIMIT', 0, 1)[1]
      if first then
        published = math.min(published, (select(4, parse_aside(first))))
      end
    end
    found[#found + 1] = name
    found[#found + 1] = redis.call('ZLEXCOUNT', ASIDE_TYPES, '[' .. name .. ' ', past)
    found[#found + 1] = published
    from = '[' .. name .. '!'
  end
  return found
end

-- When the oldest of all that are set aside was published, or nil.
local function oldest_aside()
  local oldest
  for priority = 0, 2 do
    local id = aside_range(priority, -1, SPAN, 1)[1]
    local _, published = parse_record(id and redis.call('HGET', EVENTS, id))
    oldest = published and math.min(oldest or FAR, published) or oldest
  end
  return oldest
end

local m = redis.call('HMGET', META, 'published', 'done', 'discarded', 'expired', 'retried',
  'given_up', 'acquired', 'lapsed', 'replaced')
for i = 1, 9 do
  m[i] = tonumber(m[i]) or 0
end
local failed = redis.call('ZCARD', FAILED)
local lost = m[1] - m[2] - m[3] - failed - redis.call('HLEN', EVENTS)
load_windows()
local answer = reply(
  m[1],
  pending('0'),
  pending('1'),
  pending('2'),
  redis.call('ZCARD', DELAYED),
  redis.call('ZCARD', LEASED),
  m[2],
  failed,
  m[3],
  L.starts,
  L.permits,
  m[7],
  m[5],
  m[6],
  m[9],
  m[8],
  m[4],
  line.shift,
  W.unknown > NEVER and W.unknown,
  #W.at
)
for i = 1, #W.at do
  answer[#answer + 1] = W.at[i]
  answer[#answer + 1] = W.permits[i]
end
local function add(values)
  for _, value in ipairs(values) do
    answer[#answer + 1] = value
  end
end
add({
  oldest or false,
  in_window,
  assumed,
  assumed_until,
  latest or false,
  earliest and earliest > asked and earliest or false,
  math.max(0, lost),
})
local observed = redis.call('HGETALL', OBSERVED)
answer[#answer + 1] = #observed / 2
add(observed)
local names = by_name()
answer[#answer + 1] = #names / 3
add(names)
local all_aside = redis.call('ZCARD', ASIDE)
add({ all_aside, all_aside > 0 and oldest_aside() or now })
local types = redis.call('HGETALL', TYPES)
for i = 1, #types, 2 do
  answer[#answer + 1] = types[i]
  answer[#answer + 1] = math.max(0, math.min(tonumber(types[i + 1]) or 0, FAR))
end
return answer
