-- Publishes events in the order given; an id that is unfinished changes nothing. None is published
-- if `heaviest`, the largest weight of all that the client publishes, could never start, or one of the
-- `costs`, "name:cost" and a space for each named limit: the largest of all in it. What named limits
-- charge follows the weight.
--
-- KEYS meta starts pending:high pending:normal pending:low types events failed aside aside:types keyed flows lines turns closed limits
-- ARGV given seen remembered start_up channel client heaviest most_counted costs [id weight type content]…
-- REPLY now, latest start, settings, epoch and server or nil (ask again), 'heavy', 'undeclared' and the name of a limit, 'dear', its name and the largest cost, or 'published', the numbers (from 0) of the duplicates…
-- COST O(log n) for each event

local META, STARTS, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS, FAILED, ASIDE,
  ASIDE_TYPES,
  KEYED, FLOWS, LINES, TURNS, CLOSED, LIMITS = unpack(KEYS)
local given, seen, remembered, start_up, channel, client, heaviest, most_counted,
  costs = unpack(ARGV, 1, 9)
-- @include basics
-- @include limiter
-- @include state
-- @include events
-- @include aside
-- @include keyed
-- @include numbers
-- @include wake
-- @include loaded

heaviest = whole('heaviest', heaviest, 1, 1000000)
most_counted = whole('most_counted', most_counted, 1, 100000)
for i = 10, #ARGV, 4 do
  local weight, charges = string.match(ARGV[i + 1], '^(%d*)(.*)$')
  whole('weight', weight, 1, heaviest)
  if charges ~= '' and not are_charges(charges) then
    error('ARGUMENT weight must be followed by charges but is "' .. ARGV[i + 1] .. '"', 0)
  end
  if not string.match(ARGV[i + 2], '^[012]:%d+:[^%s:]+$') or #ARGV[i + 2] > 80 or not ARGV[i + 3] then
    error('ARGUMENT type must be priority:micros:name but is "' .. ARGV[i + 2] .. '"', 0)
  end
end
if heaviest > S.normal.permits then
  return reply('heavy')
end

for name, cost in string.gmatch(costs, '([^: ]+):(%d+)') do
  local windows = redis.call('HGET', LIMITS, 'n' .. name)
  if not windows then
    return reply('undeclared', name)
  end
  local largest = 1000000
  for permits in string.gmatch(windows, '|(%d+) ') do
    largest = math.min(largest, permits)
  end
  if tonumber(cost) > largest then
    return reply('dear', name, largest)
  end
end

local m = redis.call('HMGET', META, 'published', 'largest')
local sequence, largest = latest_number(m[1]), tonumber(m[2]) or 0
local duplicates = {}
local added = { ['0'] = {}, ['1'] = {}, ['2'] = {} }
local types, in_order = {}, {}
local first = sequence
local charged = {}
for i = 10, #ARGV, 4 do
  local id, weight, type_key, content = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local record = int(sequence + 1) .. ' ' .. int(now) .. ' ' .. weight .. ' ' .. type_key .. ' ' .. content
  if redis.call('HSETNX', EVENTS, id, record) == 1 then
    sequence = sequence + 1
    largest = math.max(largest, #record)
    local permits, charges = string.match(weight, '^(%d+)(.*)$')
    if charges == '' then
      local members = added[string.sub(type_key, 1, 1)]
      members[#members + 1] = sequence
      members[#members + 1] = id
    else
      charged[#charged + 1] = { id, sequence, type_key, string.sub(type_key, 1, 1), charges }
    end
    local counted = counted_as(type_key, permits)
    if not types[counted] then
      in_order[#in_order + 1] = counted
    end
    types[counted] = (types[counted] or 0) + 1
  else
    duplicates[#duplicates + 1] = (i - 10) / 4
  end
end
-- Not before the events: a full memory refuses these.
admit_weight(heaviest)
local answer = reply('published', unpack(duplicates))
if sequence == first then
  return answer
end

local new_head = #charged > 0
for _, event in ipairs(charged) do
  keyed().add(unpack(event))
end
for priority, members in pairs(added) do
  if #members > 0 then
    new_head = redis.call('ZCARD', PENDING[priority]) == 0 or new_head
    for from = 1, #members, 2000 do
      redis.call('ZADD', PENDING[priority], unpack(members, from, math.min(from + 1999, #members)))
    end
  end
end
redis.call('HSET', META, 'published', int(sequence), 'largest', int(largest), 'now', int(now),
  'counted', int(most_counted))
for _, counted in ipairs(in_order) do
  count_type(counted, types[counted])
end
if new_head then
  wake(channel, client)
end
return answer
