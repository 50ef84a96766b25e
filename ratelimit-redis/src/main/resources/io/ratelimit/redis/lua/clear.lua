-- Discards up to `max` events that nobody is processing: pending and delayed ones, failed ones, or both, as
-- the scope says. Only events that were there at the first step count, so a client that calls again until
-- nothing is left always finishes: events published later are behind `bound`, and events that come back
-- later are noted with the number of this clear, or of a later one. `bound` and `number` are '' at the
-- first step. A step that has met MOST_BYTES of records ends early.
--
-- KEYS meta scope pending:high pending:normal pending:low fresh:high fresh:normal fresh:low types events attempts delayed failed failed:times failed:events aside aside:types returned limits:held keyed flows lines turns closed loads expiring latest
-- ARGV given scope max bound number channel client
-- REPLY bound, number, pending discarded, delayed discarded, failed discarded, 1 if there may be more
-- COST O(log n) for each event discarded, O(1) for each one that came back meanwhile

local META, SCOPE, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW,
  FRESH_HIGH, FRESH_NORMAL, FRESH_LOW, TYPES, EVENTS, ATTEMPTS, DELAYED, FAILED,
  FAILED_TIMES, FAILED_EVENTS, ASIDE, ASIDE_TYPES, RETURNED,
  LIMITS_HELD, KEYED, FLOWS, LINES, TURNS, CLOSED, LOADS, EXPIRING, LATEST = unpack(KEYS)
local given, scope, max, bound, number, channel, client = unpack(ARGV)
-- @include basics
-- @include clock
-- @include charges
-- @include events
-- @include fresh
-- @include failures
-- @include aside
-- @include loads
-- @include keyed
-- @include scoped
-- @include freed
-- @include terms
-- @include wake

-- The longest time between two steps, after which the clear counts as abandoned.
local LONGEST_PAUSE = 10000000
local CHUNK = 1000

local m = redis.call('HMGET', META, 'format', 'published', 'clearing', 'now')
local refused = refusal(m[1])
if refused then
  return refused
end
local now = clock(given, m[4])
keep_types('ZCARD', KEYED)
word('scope', scope, 'ALL PENDING FAILED')
local room = whole('max', max, 1, 1000)
local first = number == ''
bound = int(first and (tonumber(m[2]) or FAR) or whole('bound', bound, 0, FAR))
number = first and 0 or whole('number', number, 0, FAR)
if first then
  if (tonumber(m[3]) or NEVER) < now then
    redis.call('UNLINK', RETURNED)
  end
end
local noted = first and 0 or redis.call('HLEN', RETURNED)

local bytes = 0

local function has_room()
  return room > 0 and bytes < MOST_BYTES
end

-- Discards the found events that have not come back meanwhile; returns how many it discarded.
local function discard_some(kind, find, discard)
  local found = has_room() and find(room + noted) or {}
  local before = room
  for from = 1, #found, CHUNK do
    if not has_room() then
      break
    end
    local last = math.min(from + CHUNK - 1, #found)
    local notes = {}
    if noted > 0 then
      for i = from, last do
        notes[#notes + 1] = kind .. found[i]
      end
      notes = redis.call('HMGET', RETURNED, unpack(notes))
    end
    for i = from, last do
      local note = notes[i - from + 1]
      if has_room() and not (note and (tonumber(note) or FAR) >= number) then
        discard(found[i])
        room = room - 1
      end
    end
  end
  return before - room
end

local function forget(id)
  redis.call('HDEL', EVENTS, id)
  redis.call('HDEL', ATTEMPTS, id, '\1' .. id)
end

-- Forgets an event that waited for a permit.
local function forget_pending(id, record)
  bytes = bytes + #(record or '')
  local _, _, weight, type_key, _, _, _, terms = parse_record(record)
  count_type(counted_as(type_key, weight), -1)
  if (terms or '') ~= '' then
    termed().forget(id, terms)
  end
  forget(id)
end

-- Returns the sequence of the first entry of a priority, or nil.
local function front_of_fresh(priority)
  local entry = redis.call('LINDEX', FRESH[priority], 0)
  return entry and (parse_fresh(entry) or 0) or nil
end

-- Moves up to `most` entries from the front of a priority to `pending`; returns their number.
local function move_fresh(priority, most)
  local entries = redis.call('LPOP', FRESH[priority], most) or {}
  local members, withdrawn = {}, 0
  for _, entry in ipairs(entries) do
    local sequence, id = parse_fresh(entry)
    if sequence and id ~= '' then
      members[#members + 1] = int(sequence)
      members[#members + 1] = id
    else
      withdrawn = withdrawn + 1
    end
  end
  if #members > 0 then
    redis.call('ZADD', PENDING[priority], unpack(members))
  end
  if withdrawn > 0 then
    pass_withdrawn(priority, withdrawn)
  end
  return #entries
end

-- Moves events published before the first step to where the search looks; returns whether more are left.
local function move_some(priority, key)
  local front, moved = front_of_fresh(priority), 0
  while front and front <= tonumber(bound) do
    if redis.call('ZCOUNT', key, '-inf', bound) >= room + noted or moved >= CHUNK then
      return true
    end
    moved = moved + move_fresh(priority, 100)
    front = front_of_fresh(priority)
  end
  return false
end

local pending, delayed, failed = 0, 0, 0
local is_left = false
if scope ~= 'FAILED' then
  for priority, key in pairs(PENDING) do
    if has_room() then
      is_left = move_some(priority, key) or is_left
    end
    pending = pending + discard_some('e', function(most)
      return redis.call('ZRANGEBYSCORE', key, '-inf', bound, 'LIMIT', 0, most)
    end, function(id)
      redis.call('ZREM', key, id)
      forget_pending(id, redis.call('HGET', EVENTS, id))
    end)
    pending = pending + discard_some('e', function(most)
      local ids, found = {}, aside_range(priority, 0, tonumber(bound), most)
      for i = 1, #found, 2 do
        ids[#ids + 1] = found[i]
      end
      return ids
    end, function(id)
      local record = redis.call('HGET', EVENTS, id)
      remove_aside(id, record)
      forget_pending(id, record)
    end)
  end
  for priority in pairs(PENDING) do
    pending = pending + discard_some('e', function(most)
      return redis.call('ZRANGEBYSCORE', KEYED, int(aside_score(priority, 0)),
        int(aside_score(priority, math.min(tonumber(bound), SPAN - 1))), 'LIMIT', 0, most)
    end, function(id)
      local record = redis.call('HGET', EVENTS, id)
      local sequence, _, _, _, _, _, charges = parse_record(record)
      if (charges or '') ~= '' then
        keyed().discard(id, priority, charges, sequence)
      else
        redis.call('ZREM', KEYED, id)
      end
      forget_pending(id, record)
    end)
  end
  delayed = discard_some('e', function(most)
    return redis.call('ZRANGE', DELAYED, 0, most - 1)
  end, function(id)
    redis.call('ZREM', DELAYED, id)
    local _, _, _, _, _, _, charges, terms = parse_record(redis.call('HGET', EVENTS, id))
    free(id, charges or '')
    if (terms or '') ~= '' then
      termed().forget(id, terms)
    end
    forget(id)
  end)
end
if scope ~= 'PENDING' then
  failed = discard_some('f', function(most)
    return redis.call('ZRANGEBYSCORE', FAILED, '-inf', bound, 'LIMIT', 0, most)
  end, remove_failure)
end
local total = pending + delayed + failed
if total > 0 then
  count('discarded', total)
end
if pending + delayed > 0 then
  -- Other events may start earlier than the discarded ones could have, or nothing is left to wait for.
  wake(channel, client)
end
local more = not has_room() or is_left
if more then
  if first then
    count('clears', 1)
    number = tonumber(redis.call('HGET', META, 'clears'))
  end
  redis.call('HSET', META, 'clearing', int(now + LONGEST_PAUSE))
end
return { tonumber(bound), number, pending, delayed, failed, more and 1 or 0 }
