-- Publishes events in the order given; an id that is unfinished changes nothing. Publishes none of them if
-- `heaviest`, the largest weight of all that the client publishes, could never start, nor if one of the
-- `costs` could not: "name:cost" and a space for each named limit, with the largest cost in it. The charges
-- of named limits follow the weight. The events become pending in `start_in` microseconds, and expire as
-- `expiry` says: '', or 'd' or 'f' and the number of microseconds until they are discarded, or fail. An
-- event with a key, "!l" and the key after its charges, replaces the waiting one of its key: in its place
-- if `replacing` is 'kept', or behind all others if it is 'new'; '' if no event has a key.
-- An id remains a duplicate for `dedup` microseconds after its event is done, if `dedup` is above 0.
--
-- KEYS meta scope starts pending:high pending:normal pending:low fresh:high fresh:normal fresh:low types events failed aside aside:types keyed flows lines turns closed loads limits delayed returned expiring latest attempts limits:held done:ids waiting
-- ARGV given seen remembered start_up channel client heaviest most_counted costs start_in expiry replacing dedup [id weight type content]…
-- REPLY now, latest start, settings, epoch and server or nil (ask again), 'heavy', 'undeclared' and the name of a limit, 'dear', its name and the largest cost, or 'published', the numbers (from 0) of the duplicates…
-- COST O(log n) for each event

local META, SCOPE, STARTS, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW,
  FRESH_HIGH, FRESH_NORMAL, FRESH_LOW, TYPES, EVENTS, FAILED, ASIDE,
  ASIDE_TYPES,
  KEYED, FLOWS, LINES, TURNS, CLOSED, LOADS, LIMITS, DELAYED, RETURNED, EXPIRING, LATEST,
  ATTEMPTS, LIMITS_HELD, DONE_IDS, WAITING = unpack(KEYS)
local given, seen, remembered, start_up, channel, client, heaviest, most_counted,
  costs, start_in, expiry, replacing, dedup = unpack(ARGV, 1, 13)
-- @include basics
-- @include limiter
-- @include state
-- @include charges
-- @include events
-- @include fresh
-- @include unmoved
-- @include aside
-- @include loads
-- @include keyed
-- @include numbers
-- @include wake
-- @include waiters
-- @include returned
-- @include terms
-- @include placed
-- @include scoped
-- @include freed
-- @include waiting
-- @include loaded

heaviest = whole('heaviest', heaviest, 1, 1000000)
dedup = whole('dedup', dedup, 0, FAR)
start_in = whole('start_in', start_in, 0, FAR)
if expiry ~= '' and not string.match(expiry, '^[df]%d+$') then
  error('ARGUMENT expiry must be d or f and microseconds but is "' .. expiry .. '"', 0)
end
most_counted = whole('most_counted', most_counted, 1, 100000)
-- The permits and the charges by the text of a weight, which is mostly the same for many events.
local permits_of, charges_of = {}, {}
local is_type = {}
for i = 14, #ARGV, 4 do
  local text, type_key = ARGV[i + 1], ARGV[i + 2]
  if not charges_of[text] then
    local weight, charges, key = string.match(text, '^(%d*)([^!]*)(.*)$')
    whole('weight', weight, 1, heaviest)
    if charges ~= '' and not are_charges(charges) then
      error('ARGUMENT weight must be followed by charges but is "' .. text .. '"', 0)
    end
    if key ~= '' and (replacing == '' or not (string.find(key, '^!l') and are_terms(key))) then
      error('ARGUMENT weight must end with !l and a key but is "' .. text .. '"', 0)
    end
    permits_of[text], charges_of[text] = weight, charges .. key
  end
  if not is_type[type_key] or not ARGV[i + 3] then
    if not string.match(type_key, '^[012]:%d+:[^%s:]+$') or #type_key > 80 or not ARGV[i + 3] then
      error('ARGUMENT type must be priority:micros:name but is "' .. type_key .. '"', 0)
    end
    is_type[type_key] = true
  end
end
if heaviest > S.normal.permits then
  return reply('heavy')
end

if costs ~= '' then
  keep_types('HLEN', LIMITS)
end
local dearest = {}
for name, cost in string.gmatch(costs, '([^: ]+):(%d+)') do
  local named = redis.call('HMGET', LIMITS, 'n' .. name, 'o' .. name, 'c' .. name)
  local windows = named[1]
  if not windows then
    return reply('undeclared', name)
  end
  local largest = 1000000
  for permits in string.gmatch(windows, '|(%d+) ') do
    largest = math.min(largest, permits)
  end
  -- Some keys may admit more.
  largest = math.max(largest, tonumber(string.match(named[2] or '', '^%d+ (%d+)')) or 0)
  if tonumber(cost) > largest then
    return reply('dear', name, largest)
  end
  if tonumber(cost) > (tonumber(named[3]) or 0) then
    dearest[#dearest + 1] = 'c' .. name
    dearest[#dearest + 1] = cost
  end
end

local m = redis.call('HMGET', META, 'published', 'largest')
local sequence, largest = latest_number(m[1]), tonumber(m[2]) or 0
local duplicates = {}
local added = { ['0'] = {}, ['1'] = {}, ['2'] = {} }
local types, in_order = {}, {}
local first = sequence
local charged, expiring = {}, {}
local start, first_due, is_charging = now + start_in, nil, false
local is_for_others = false
local terms = expiry ~= ''
  and '!' .. string.sub(expiry, 1, 1) .. int(now + whole('expiry', string.sub(expiry, 2), 1, FAR)) or ''
if dedup > 0 then
  keep_types('ZCARD', DONE_IDS)
  terms = terms .. '!r' .. int(dedup)
end

local function delay(id, weight, at)
  redis.call('ZADD', DELAYED, int(at), id)
  note_return('e' .. id)
  first_due = math.min(first_due or at, at)
  is_charging = is_charging or string.find(weight, '/', 1, true)
end

-- Lets an event wait that may replace another; `record` is its own.
local function replace(id, weight, record)
  local key = termed().key_of(weight)
  local other = key and redis.call('HGET', LATEST, key)
  local other_record = other and redis.call('HGET', EVENTS, other)
  local waited, delayed_until, is_freed
  local at = start
  if other_record then
    waited, delayed_until, is_freed = withdraw(other, other_record)
  end
  if waited then
    -- The event that replaces it may weigh less.
    is_for_others = is_for_others or is_freed or not delayed_until
    termed().drop(other)
    local sequence, published = parse_record(other_record)
    if sequence and replacing == 'kept' then
      at = math.min(start, delayed_until or now)
      record = sequence .. ' ' .. int(math.min(at, tonumber(published))) .. ' '
        .. string.match(record, '^%S+ %S+ (.*)$')
      redis.call('HSET', EVENTS, id, record)
    end
  end
  if key then
    redis.call('HSET', LATEST, key, id)
  end
  if at > now then
    delay(id, weight, at)
    termed().begin_wait(id, weight .. terms)
  else
    make_pending(id, record)
  end
end

if replacing ~= '' then
  word('replacing', replacing, 'kept new')
end
local start_text = ' ' .. int(start) .. ' '
for i = 14, #ARGV, 4 do
  local id, weight, type_key, content = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local sequence_text = int(sequence + 1)
  local record = sequence_text .. start_text .. weight .. terms .. ' ' .. type_key .. ' ' .. content
  local done_until = dedup > 0 and tonumber(redis.call('ZSCORE', DONE_IDS, id)) or NEVER
  if done_until <= now and redis.call('HSETNX', EVENTS, id, record) == 1 then
    sequence = sequence + 1
    largest = math.max(largest, #record)
    if replacing ~= '' then
      redis.call('HSET', META, 'counted', int(most_counted))
      replace(id, weight, record)
    else
      if terms ~= '' then
        expiring[#expiring + 1] = id
      end
      if start_in > 0 then
        delay(id, weight, start)
      else
        local permits, charges = permits_of[weight], charges_of[weight]
        if charges == '' then
          local members = added[string.sub(type_key, 1, 1)]
          members[#members + 1] = sequence_text .. ' ' .. id
        else
          charged[#charged + 1] = { id, sequence, type_key, string.sub(type_key, 1, 1), charges }
        end
        local counted = counted_as(type_key, permits)
        if not types[counted] then
          in_order[#in_order + 1] = counted
        end
        types[counted] = (types[counted] or 0) + 1
      end
    end
  else
    duplicates[#duplicates + 1] = (i - 14) / 4
  end
end
-- Not before the events: a full memory refuses these.
admit_weight(heaviest)
if #dearest > 0 then
  redis.call('HSET', LIMITS, unpack(dearest))
end
local answer = reply('published', unpack(duplicates))
if sequence == first then
  return answer
end

local new_head = #charged > 0 or replacing ~= ''
for _, event in ipairs(charged) do
  keyed().add(unpack(event))
end
if first_due then
  if is_charging then
    redis.call('HSET', META, 'charged', 1)
  end
  -- A client that sleeps until something falls due must learn of anything that falls due earlier.
  new_head = new_head or tonumber(redis.call('ZRANGE', DELAYED, 0, 0, 'WITHSCORES')[2]) == first_due
  if due and first_due < due then
    redis.call('HSET', META, 'due', int(first_due))
  end
end
for _, id in ipairs(expiring) do
  termed().begin_wait(id, terms)
end
for priority, members in pairs(added) do
  if #members > 0 then
    for from = 1, #members, 2000 do
      local last = math.min(from + 1999, #members)
      local length = redis.call('RPUSH', FRESH[priority], unpack(members, from, last))
      if length == last - from + 1 and not new_head then
        new_head = redis.call('ZCARD', PENDING[priority]) == 0
      end
    end
  end
end
redis.call('HSET', META, 'published', int(sequence), 'largest', int(largest), 'now', int(now),
  'counted', int(most_counted))
for _, counted in ipairs(in_order) do
  count_type(counted, types[counted])
end
if new_head or start_in == 0 then
  local name
  for type_key in pairs(is_type) do
    local own = name_of_type(type_key)
    name = (name == nil or name == own) and own
  end
  wake_for(sequence - first, name, channel, client, is_for_others, not new_head)
end
return answer
