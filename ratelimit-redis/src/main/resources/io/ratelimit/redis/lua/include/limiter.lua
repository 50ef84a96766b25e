-- The exact limit: decides as io.ratelimit.core.limit.LimitState does, to the microsecond.
-- Needs META, STARTS and the include basics.
--
-- The log of starts is a sorted set: score = the start, member = the weight of all starts up to and
-- including it, padded so that equal scores keep their order. The weight in a stretch of time is
-- then the difference of two members, found in O(log n).

local S -- the settings
local L -- the scalars of the limiter, as in META's fields `limiter` and `pace_limit`

local function parse_limit(text)
  local permits, period, burst, margin = string.match(text, '^(%d+) (%d+) (%d+) (%d+)$')
  return {
    text = text,
    permits = tonumber(permits),
    burst = tonumber(burst),
    window = period + margin,
  }
end

local function parse_settings(text)
  local version, changed, normal, emergency, lapse, pause =
    string.match(text, '^(%d+) (%-?%d+) (%d+ %d+ %d+ %d+) (%S+ %S+ %S+ %S+) (%S+) (%S+)$')
  local settings = {
    text = text,
    version = tonumber(version),
    changed = tonumber(changed),
    normal = parse_limit(normal),
    pause = pause,
  }
  if lapse ~= '-' then
    local raised = parse_limit(emergency)
    settings.emergency = raised
    settings.lapse = tonumber(lapse)
    settings.raised = raised.permits * settings.normal.window > settings.normal.permits * raised.window
  end
  return settings
end

local function format_settings(settings)
  return table.concat({
    int(settings.version),
    int(settings.changed),
    settings.normal.text,
    settings.emergency and settings.emergency.text or '- - - -',
    settings.emergency and int(settings.lapse) or '-',
    settings.pause,
  }, ' ')
end

local function is_emergency(at)
  return S.raised and at < S.lapse
end

local function in_force(at)
  return is_emergency(at) and S.emergency or S.normal
end

local function is_paused(at)
  return S.pause == 'inf' or (S.pause ~= '-' and at < tonumber(S.pause))
end

local function pace_plus(micros, numerator, permits, limit)
  local interval = math.floor(limit.window / limit.permits)
  local parts = numerator + permits * (limit.window - interval * limit.permits)
  local whole = math.floor(parts / limit.permits)
  return micros + permits * interval + whole, parts - whole * limit.permits
end

local function pace_ceiling(micros, numerator)
  return numerator == 0 and micros or micros + 1
end

local function pace_after(micros, numerator, start, weight, limit)
  if start > pace_ceiling(micros, numerator) then
    micros, numerator = start, 0
  end
  local cost = math.min(weight, limit.permits)
  local paid, paid_part = pace_plus(micros, numerator, cost, limit)
  local most, most_part = pace_plus(start, 0, math.max(cost, limit.burst), limit)
  if paid > most or (paid == most and paid_part > most_part) then
    return most, most_part
  end
  return paid, paid_part
end

-- Whether this script made starts that are not in the log yet. All of them are at L.latest, and
-- become one entry.
local unwritten = false

local function write_starts()
  if unwritten then
    redis.call('ZADD', STARTS, int(L.latest), string.format('%016d', L.cum))
    unwritten = false
  end
end

-- The pace after the starts in the log, had they all been made under one limit. O(starts), so that
-- what is long is kept until the next start.
local function replay(limit)
  local key = limit.text .. ' ' .. int(L.cum)
  local memo_key, memo_micros, memo_part = string.match(L.memo or '', '^(.*) (%-?%d+) (%d+)$')
  if memo_key == key then
    return tonumber(memo_micros), tonumber(memo_part)
  end
  write_starts()
  local micros, numerator, before, from, count = NEVER, 0, L.base, 0, 0
  -- What started in the same microsecond is one start, even if several scripts made an entry each.
  local start, weight
  local function replay_start()
    if start then
      micros, numerator = pace_after(micros, numerator, start, weight, limit)
    end
  end
  repeat
    local page = redis.call('ZRANGE', STARTS, from, from + 999, 'WITHSCORES')
    for i = 1, #page, 2 do
      local cum, entry_start = tonumber(page[i]), tonumber(page[i + 1])
      if entry_start ~= start then
        replay_start()
        start, weight = entry_start, 0
      end
      weight = weight + cum - before
      before = cum
      count = count + 1
    end
    from = from + 1000
  until #page < 2000
  replay_start()
  if count > 50 then
    L.memo = key .. ' ' .. int(micros) .. ' ' .. int(numerator)
    redis.call('HSET', META, 'memo', L.memo)
  end
  return micros, numerator
end

local function pace_under(limit)
  if limit.text == L.pace_limit then
    return L.pace, L.pace_part
  end
  return replay(limit)
end

local function start_at(rank)
  local entry = redis.call('ZRANGE', STARTS, rank, rank, 'WITHSCORES')
  if entry[1] then
    return tonumber(entry[1]), tonumber(entry[2])
  end
end

-- When the last of those starts leaves the window that must leave it to make this room.
local function earliest_with_room(from, window, room)
  local earliest = math.max(from, L.forgotten + window)
  if L.cum - L.base <= room then
    return earliest
  end
  -- It is the first entry whose weight reaches this: looked for in steps that double, as it is
  -- mostly among the oldest, and then by halves.
  local leaving = L.cum - room
  local low, high = 0, 0
  local cum, start = start_at(0)
  while cum and cum < leaving do
    low, high = high + 1, high * 2 + 1
    cum, start = start_at(high)
  end
  if not cum then
    high = redis.call('ZCARD', STARTS)
  end
  while low < high do
    local middle = math.floor((low + high) / 2)
    local middle_cum, middle_start = start_at(middle)
    if middle_cum < leaving then
      low = middle + 1
    else
      high, start = middle, middle_start
    end
  end
  -- None of those written: it is the start that this script has just made.
  return math.max(earliest, (start or L.latest) + window)
end

local function earliest_start(from, weight)
  local limit = in_force(from)
  local micros, numerator = pace_under(limit)
  -- A weight above the burst waits for the whole burst, and is paid for afterwards.
  micros, numerator =
    pace_plus(micros, numerator, math.min(weight, limit.burst) - limit.burst, limit)
  local paced = math.max(from, pace_ceiling(micros, numerator))
  local earliest = earliest_with_room(paced, limit.window, limit.permits - weight)
  if is_emergency(from) and earliest >= S.lapse then
    -- By then the normal limit is back in force, and has its own earliest time.
    return earliest_start(S.lapse, weight)
  end
  return earliest
end

local function forget_starts(up_to)
  local count = redis.call('ZCOUNT', STARTS, '-inf', int(up_to))
  L.base, L.forgotten = start_at(count - 1)
  redis.call('ZREMRANGEBYRANK', STARTS, 0, count - 1)
  local _, oldest = start_at(0)
  L.oldest = oldest or L.latest
end

local function append_start(start, weight, limit)
  if L.cum == L.base then
    L.oldest = start
  end
  L.cum = L.cum + weight
  L.starts = L.starts + 1
  L.latest = start
  unwritten = true
  local longest = S.normal.window
  if S.emergency then
    longest = math.max(longest, S.emergency.window)
  end
  -- What has left every window is forgotten when it is in the way of a decision, or many at once.
  local spare = L.cum - L.base > limit.permits and 0 or math.floor(longest / 8)
  if L.oldest <= start - longest - spare then
    forget_starts(start - longest)
  end
end

-- The time for which a start is asked now, and from when on it may be made; nil: starts are paused
-- until someone resumes.
local function next_start(now, weight)
  local asked = math.max(now, L.latest)
  if not is_paused(asked) then
    return asked, earliest_start(asked, weight)
  end
  return asked, S.pause ~= 'inf' and earliest_start(tonumber(S.pause), weight) or nil
end

-- Whether a start of this weight may be made now: 'granted' and the start (the permits are then
-- spent), 'at' and when, 'paused', or 'never' and the largest weight.
local function decide(now, weight)
  local asked = math.max(now, L.latest)
  local largest = math.min(S.normal.permits, in_force(asked).permits)
  if weight > largest then
    return 'never', largest
  end
  local _, earliest = next_start(now, weight)
  if not earliest then
    return 'paused'
  elseif earliest > asked then
    return 'at', earliest
  end
  local limit = in_force(asked)
  local micros, numerator = pace_under(limit)
  L.pace, L.pace_part = pace_after(micros, numerator, asked, weight, limit)
  L.pace_limit = limit.text
  append_start(asked, weight, limit)
  return 'granted', asked
end

-- Packed, because the numbers of a text take ten times as long to read.
local function unpack_limiter(packed, pace_limit, memo)
  local pace, part, latest, cum, starts, oldest, forgotten, base, checked = cmsgpack.unpack(packed)
  return {
    pace = pace,
    pace_part = part,
    pace_limit = pace_limit,
    latest = latest,
    cum = cum,
    starts = starts,
    oldest = oldest,
    forgotten = forgotten,
    base = base,
    checked = checked,
    memo = memo,
  }
end

-- Writes the limiter's scalars, and further fields with their values.
local function save(...)
  local packed = cmsgpack.pack(
    L.pace, L.pace_part, L.latest, L.cum, L.starts, L.oldest, L.forgotten, L.base, L.checked)
  redis.call('HSET', META, 'limiter', packed, 'pace_limit', L.pace_limit, ...)
end
