-- Returns what the queue holds.
--
-- KEYS meta scope starts limits pending:high pending:normal pending:low fresh:high fresh:normal fresh:low types events delayed leased failed observed aside aside:types keyed flows limits:starts limits:held loads
-- ARGV given seen remembered start_up
-- REPLY now, latest start, settings, epoch and server or nil (ask again), published, pending of each
--       priority, delayed, leased, done, failed, discarded, starts, permits that they took,
--       permits for starts without an event, retried, given up, replaced, expired events and leases, permits debited and given back later,
--       windows found too full and when last or nil, shift of the clock, until when starts may be missing or nil, how many peaks,
--       [at, permits]…, when the oldest pending that is not set aside was published or nil, weight in the
--       window without what is assumed, weight that is assumed there and its end or nil, latest start
--       without what is assumed or nil, next start if it is later or nil, events without a trace, how
--       many types were observed, [name, history]…, how many names were set aside, [name, events, when
--       the oldest was published]…, events set aside, when the oldest of them was published, events that named limits charge and that
--       are counted in no load, how many loads, [name, limit, overrides, demands, heaviest cost, other keys, how many keys,
--       [key, cost, in flight, when it opens, 'inf' or nil, how many windows, cost of the starts in each]…]…,
--       [type or "type weight", pending]…
-- COST O(types that are counted + log starts); while something is charged, O(log n) for each window of up to 32 keys of each named limit

local META, SCOPE, STARTS, LIMITS, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW,
  FRESH_HIGH, FRESH_NORMAL, FRESH_LOW, TYPES, EVENTS, DELAYED, LEASED, FAILED,
  OBSERVED, ASIDE, ASIDE_TYPES,
  KEYED, FLOWS, LIMITS_STARTS, LIMITS_HELD, LOADS = unpack(KEYS)
local given, seen, remembered, start_up = unpack(ARGV)
-- @include basics
-- @include limiter
-- @include state
-- @include charges
-- @include events
-- @include fresh
-- @include unmoved
-- @include aside
-- @include loaded

keep_types('ZCARD', KEYED)

local oldest
for priority, pending in pairs(PENDING) do
  local first = redis.call('ZRANGE', pending, 0, 0, 'WITHSCORES')
  local id, before = first[1], tonumber(first[2]) or FAR
  -- Usually, the first entry is not a withdrawn one.
  for _, entry in ipairs(redis.call('LRANGE', FRESH[priority], 0, 99)) do
    local sequence, fresh = parse_fresh(entry)
    if sequence and fresh ~= '' then
      id = sequence < before and fresh or id
      break
    end
  end
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
  return redis.call('ZCARD', PENDING[priority]) + count_fresh(priority)
    + redis.call('ZCOUNT', ASIDE, int(aside_score(priority, 0)), int(aside_score(priority, SPAN - 1)))
    + redis.call('ZCOUNT', KEYED, int(aside_score(priority, 0)), int(aside_score(priority, SPAN - 1)))
end

-- Returns [name, events, when the oldest was published]…
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

-- Returns when the oldest of all events that are set aside was published, or nil.
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
  'given_up', 'acquired', 'lapsed', 'replaced', 'debited', 'returned', 'overruns', 'overrun_at')
for i = 1, 12 do
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
  m[10],
  m[11],
  m[12],
  tonumber(m[13]) or false,
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

-- What the pending events ask of each limit. Created only if there is something to tell.
keep_types('ZCARD', FLOWS, DELAYED)
local charged, delayed = redis.call('ZCARD', FLOWS), redis.call('ZCARD', DELAYED) > 0
if charged == 0 and not delayed then
  add({ 0, 0 })
else
  (function()
-- @include scoped
-- @include named
-- @include pauses
-- @include keystates
-- @include loads
keep_types('ZCARD', LOADS)
local MOST_KEYS = 32

-- Adds the state of a key and what is asked of it.
local function add_key(key, named, cost, heaviest)
  local paused, terms = pause_of(key), named.of(key)
  local opens = 'inf'
  if paused ~= FAR and not terms.is_lost then
    local from = math.max(now, paused or now)
    opens = N.earliest(key, named, from, math.min(heaviest, terms.largest))
    opens = opens > now and int(opens) or false
  end
  local windows = named.in_force(key, now)
  add({ string.match(key, '=(.*)$'), cost,
    redis.call('ZLEXCOUNT', LIMITS_HELD, '[' .. key .. '|', '(' .. key .. '}'), opens, #windows })
  local state = N.state(key, named, now)
  for _, window in ipairs(windows) do
    add({ N.held_after(key, state, math.max(state.forgotten, now - window.window)) })
  end
end

-- Adds what the pending events ask of each limit; while some are delayed, also of limits that none charge.
local function add_loads(charged, delayed)
  local at, count = #answer + 2, 0
  add({ math.max(0, charged - (tonumber(redis.call('ZSCORE', LOADS, '')) or 0)), 0 })
  for name in string.gmatch(redis.call('HGET', SCOPE, 'limit_names') or '', '%S+') do
    local settings = redis.call('HMGET', LIMITS, 'n' .. name, 'c' .. name, 'o' .. name, 'd' .. name)
    local named = named_limit(name)
    local from = place_of_limit(name) * LOAD_AREA
    local dearest = redis.call('ZREVRANGEBYSCORE', LOADS, int(from + LOAD_AREA / 2), '(' .. int(from),
      'WITHSCORES', 'LIMIT', 0, MOST_KEYS)
    if named and (delayed or #dearest > 0) then
      local heaviest = tonumber(settings[2]) or named.most_cost
      -- In a scope, other queues use the keys, too; how much they ask of them is unknown here.
      local others = owner and 1 or 0
      count = count + 1
      add({ name, settings[1], settings[3] or '', settings[4] or '', heaviest,
        redis.call('ZCOUNT', LOADS, '(' .. int(from), int(from + LOAD_AREA / 2)) - #dearest / 2 + others, #dearest / 2 })
      for i = 1, #dearest, 2 do
        add_key(dearest[i], named, dearest[i + 1] - from, heaviest)
      end
    end
  end
  answer[at] = count
end
add_loads(charged, delayed)
  end)()
end
local types = redis.call('HGETALL', TYPES)
for i = 1, #types, 2 do
  answer[#answer + 1] = types[i]
  answer[#answer + 1] = math.max(0, math.min(tonumber(types[i + 1]) or 0, FAR))
end
return answer
