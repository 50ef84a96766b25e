-- Discards up to `max` events that nobody processes now: of those that wait and of those that
-- failed, as the scope says. Only what was there at the first step counts, so that a client which
-- calls again until nothing is left chases nobody: what is published later is behind `bound`, and what
-- comes back later is noted with the number of this clear, or of a later one. `bound` and `number`
-- are '' at the first step.
--
-- KEYS meta pending:high pending:normal pending:low types events attempts delayed failed failed:times failed:events aside aside:types returned
-- ARGV given scope max bound number
-- REPLY bound, number, pending discarded, delayed discarded, failed discarded, 1 if there may be more
-- COST O(log n) for each event discarded, O(1) for each one that came back meanwhile

local META, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS, ATTEMPTS, DELAYED, FAILED,
  FAILED_TIMES, FAILED_EVENTS, ASIDE, ASIDE_TYPES, RETURNED = unpack(KEYS)
local given, scope, max, bound, number = unpack(ARGV)
-- @include basics
-- @include events
-- @include failures
-- @include aside

-- How long after a step the next one comes at the latest, or the clear was broken off.
local LONGEST_PAUSE = 10000000
local CHUNK = 1000

local m = redis.call('HMGET', META, 'format', 'published', 'clearing', 'now')
local refused = refusal(m[1])
if refused then
  return refused
end
local now = clock(given, m[4])
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

-- Of some that are found, the first that did not come back meanwhile, as many as there is room for.
local function to_discard(found, kind)
  local chosen = {}
  for from = 1, #found, CHUNK do
    local notes = {}
    if noted > 0 then
      for i = from, math.min(from + CHUNK - 1, #found) do
        notes[#notes + 1] = kind .. found[i]
      end
      notes = redis.call('HMGET', RETURNED, unpack(notes))
    end
    for i = from, math.min(from + CHUNK - 1, #found) do
      local note = notes[i - from + 1]
      if #chosen < room and not (note and (tonumber(note) or FAR) >= number) then
        chosen[#chosen + 1] = found[i]
      end
    end
  end
  room = room - #chosen
  return chosen
end

local function discard(id)
  redis.call('HDEL', EVENTS, id)
  redis.call('HDEL', ATTEMPTS, id)
end

local pending, delayed, failed = 0, 0, 0
if scope ~= 'FAILED' then
  for _, key in pairs(PENDING) do
    local ids = to_discard(
      redis.call('ZRANGEBYSCORE', key, '-inf', bound, 'LIMIT', 0, room + noted), 'e')
    for _, id in ipairs(ids) do
      local _, _, weight, type_key = parse_record(redis.call('HGET', EVENTS, id))
      redis.call('ZREM', key, id)
      count_type(counted_as(type_key, weight), -1)
      discard(id)
    end
    pending = pending + #ids
  end
  for priority in pairs(PENDING) do
    local found, aside = aside_range(priority, 0, tonumber(bound), room + noted), {}
    for i = 1, #found, 2 do
      aside[#aside + 1] = found[i]
    end
    local ids = to_discard(aside, 'e')
    for _, id in ipairs(ids) do
      local record = redis.call('HGET', EVENTS, id)
      local _, _, weight, type_key = parse_record(record)
      remove_aside(id, record)
      count_type(counted_as(type_key, weight), -1)
      discard(id)
    end
    pending = pending + #ids
  end
  if room > 0 then
    local ids = to_discard(redis.call('ZRANGE', DELAYED, 0, room + noted - 1), 'e')
    for _, id in ipairs(ids) do
      redis.call('ZREM', DELAYED, id)
      discard(id)
    end
    delayed = #ids
  end
end
if scope ~= 'PENDING' then
  local sequences = to_discard(
    redis.call('ZRANGEBYSCORE', FAILED, '-inf', bound, 'LIMIT', 0, room + noted), 'f')
  for _, sequence in ipairs(sequences) do
    remove_failure(sequence)
  end
  failed = #sequences
end
local total = pending + delayed + failed
if total > 0 then
  count('discarded', total)
end
local more = room == 0
if more then
  if first then
    count('clears', 1)
    number = tonumber(redis.call('HGET', META, 'clears'))
  end
  redis.call('HSET', META, 'clearing', int(now + LONGEST_PAUSE))
end
return { tonumber(bound), number, pending, delayed, failed, more and 1 or 0 }
