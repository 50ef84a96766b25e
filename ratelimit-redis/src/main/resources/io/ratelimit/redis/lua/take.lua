-- Takes events, each with a permit, for one request after the other: makes due retries and expired
-- leases pending again (a bounded number), then permit, removal and lease in one step. An event that
-- the limit has become too small for goes to the failed queue. A request that is sent again with the
-- same id gets the leases that it holds.
--
-- KEYS meta starts pending:high pending:normal pending:low types events attempts delayed leased leases failed failed:times failed:events returned
-- ARGV given seen remembered start_up aging failed_age [request worker max lease_micros]…
-- REPLY now, latest start, settings, and for each request one of
--         'taken', how many, [token, id, attempt, taken at, expires at, worker, record]…
--         'at', time
--         'empty', next due or nil
--         'paused', until or nil
--         'again', nil: send it again
-- COST O(log n) for each event that moves; O(log starts) for the limit while it stays the same

local META, STARTS, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS, ATTEMPTS, DELAYED,
  LEASED, LEASES, FAILED, FAILED_TIMES, FAILED_EVENTS,
  RETURNED = unpack(KEYS)
local given, seen, remembered, start_up, aging, failed_age = unpack(ARGV, 1, 6)
-- @include basics
-- @include limiter
-- @include state
-- @include events
-- @include leases
-- @include failures
-- @include loaded
-- @include returned

local MAX_PROMOTED = 100
local MAX_GIVEN_UP = 100
local CHUNK = 100

aging = tonumber(aging)

local requests, tokens = {}, {}
for i = 7, #ARGV, 4 do
  local request = { id = ARGV[i], worker = ARGV[i + 1], max = tonumber(ARGV[i + 2]),
    lease_micros = tonumber(ARGV[i + 3]), first = #tokens + 1, taken = {} }
  requests[#requests + 1] = request
  for n = 1, request.max do
    tokens[#tokens + 1] = request.id .. '#' .. int(n - 1)
  end
end

-- Gives each request the leases that it holds; returns how many events the others want.
local function find_held()
  local wanted, seen_before = 0, {}
  local leases = redis.call('HMGET', LEASES, unpack(tokens))
  for _, request in ipairs(requests) do
    for n = request.first, request.first + request.max - 1 do
      if leases[n] then
        local lease = parse_lease(leases[n])
        local held = request.taken
        held[#held + 1] = { token = tokens[n], id = lease.id, attempt = lease.attempt,
          start = lease.taken, expires = tonumber(redis.call('ZSCORE', LEASED, tokens[n])),
          worker = lease.worker, record = redis.call('HGET', EVENTS, lease.id) }
      end
    end
    request.takes = #request.taken == 0 and not seen_before[request.id]
    seen_before[request.id] = true
    if request.takes then
      wanted = wanted + request.max
    end
  end
  return wanted
end

-- When the next retry or lease falls due, or nil.
local function next_due()
  local retry = redis.call('ZRANGE', DELAYED, 0, 0, 'WITHSCORES')[2]
  local expiry = redis.call('ZRANGE', LEASED, 0, 0, 'WITHSCORES')[2]
  if retry and expiry then
    return math.min(retry, expiry)
  end
  return tonumber(retry or expiry)
end

local function promote()
  local retries = redis.call('ZRANGEBYSCORE', DELAYED, '-inf', int(now), 'LIMIT', 0, MAX_PROMOTED)
  for _, id in ipairs(retries) do
    make_pending(id, redis.call('HGET', EVENTS, id))
    redis.call('ZREM', DELAYED, id)
  end
  local room = MAX_PROMOTED - #retries
  local expired = room > 0
    and redis.call('ZRANGEBYSCORE', LEASED, '-inf', int(now), 'LIMIT', 0, room) or {}
  for _, token in ipairs(expired) do
    local lease = redis.call('HGET', LEASES, token)
    local id = leased_id(lease)
    redis.call('HSET', ATTEMPTS, id, leased_attempt(lease))
    make_pending(id, redis.call('HGET', EVENTS, id))
    end_lease(token)
    note_return('e' .. id)
  end
  if #expired > 0 then
    redis.call('HINCRBY', META, 'expired', #expired)
  end
  due = next_due() or FAR
end

-- Of each priority the events that come next, fetched in chunks; `used` counts those decided on,
-- which are always the first of their priority.
local queues = {}
for _, priority in ipairs({ '0', '1', '2' }) do
  queues[#queues + 1] =
    { key = PENDING[priority], rank = tonumber(priority), used = 0, first = 0, ids = {} }
end

local function head(queue, wanted)
  local i = queue.used - queue.first + 1
  if i > #queue.ids and not queue.ended then
    local size = math.min(wanted, CHUNK)
    queue.first, i = queue.used, 1
    queue.ids = redis.call('ZRANGE', queue.key, queue.used, queue.used + size - 1)
    queue.ended = #queue.ids < size
    if #queue.ids > 0 then
      queue.records = redis.call('HMGET', EVENTS, unpack(queue.ids))
      queue.attempts = redis.call('HMGET', ATTEMPTS, unpack(queue.ids))
    end
  end
  if i > #queue.ids then
    return nil
  end
  local event = { queue = queue, id = queue.ids[i], record = queue.records[i],
    attempts = tonumber(queue.attempts[i] or 0) }
  local _, published, weight, type_key = parse_record(event.record)
  event.published, event.weight, event.type_key = published, tonumber(weight), type_key
  return event
end

local function next_event(wanted)
  local best, best_rank
  for _, queue in ipairs(queues) do
    local event = head(queue, wanted)
    if event then
      if aging == 0 then
        return event
      end
      -- An event rises by one priority for each interval that it has waited.
      local rank = queue.rank - math.floor((now - event.published) / aging)
      if not best or rank < best_rank then
        best, best_rank = event, rank
      end
    end
  end
  return best
end

local wanted = find_held()
if wanted > 0 and (not due or due <= now) then
  promote()
  redis.call('HSET', META, 'due', int(due))
end
expire_failures(failed_age, now)

local taken, given_up, types = {}, 0, {}
local outcome, detail
while #taken < wanted do
  local event = next_event(wanted - #taken)
  if not event then
    outcome = 'empty'
    break
  end
  local what, value = decide(now, event.weight)
  if what == 'granted' then
    event.start = value
    taken[#taken + 1] = event
  elseif what == 'never' then
    add_failure(event.id, event.record, event.attempts,
      'weighs ' .. int(event.weight) .. ' but the limit has ' .. int(value) .. ' permits', now)
    note_return('f' .. string.match(event.record, '^%d+'))
    redis.call('HDEL', EVENTS, event.id)
    if event.attempts > 0 then
      redis.call('HDEL', ATTEMPTS, event.id)
    end
    given_up = given_up + 1
  else
    outcome, detail = what, value
    if is_paused(now) then
      outcome, detail = 'paused', S.pause ~= 'inf' and tonumber(S.pause)
    end
    break
  end
  event.queue.used = event.queue.used + 1
  local counted = counted_as(event.type_key, event.weight)
  types[counted] = (types[counted] or 0) - 1
  if given_up == MAX_GIVEN_UP then
    outcome = 'again'
    break
  end
end

for _, queue in ipairs(queues) do
  if queue.used > 0 then
    redis.call('ZREMRANGEBYRANK', queue.key, 0, queue.used - 1)
  end
end
for counted, change in pairs(types) do
  count_type(counted, change)
end
if #taken > 0 then
  local by_expiry, leases = {}, {}
  local next_taken = 1
  for _, request in ipairs(requests) do
    if request.takes then
      local last = math.min(#taken, next_taken + request.max - 1)
      for n = 0, last - next_taken do
        local event = taken[next_taken + n]
        event.token = tokens[request.first + n]
        event.attempt = event.attempts + 1
        event.expires = event.start + request.lease_micros
        event.worker = request.worker
        request.taken[n + 1] = event
        due = math.min(due, event.expires)
        by_expiry[#by_expiry + 1] = int(event.expires)
        by_expiry[#by_expiry + 1] = event.token
        leases[#leases + 1] = event.token
        leases[#leases + 1] = string.format('%d %d %d ', event.start, event.attempt, #event.id)
          .. event.type_key .. ' ' .. event.id .. event.worker
      end
      next_taken = last + 1
    end
  end
  redis.call('ZADD', LEASED, unpack(by_expiry))
  redis.call('HSET', LEASES, unpack(leases))
  write_starts()
  save('now', int(now), 'due', int(due))
elseif given_up > 0 then
  redis.call('HSET', META, 'now', int(now))
end

if outcome == 'empty' then
  detail = next_due()
end
local answer = reply()
local last = 3
local function add(...)
  for i = 1, select('#', ...) do
    answer[last + i] = select(i, ...)
  end
  last = last + select('#', ...)
end
for _, request in ipairs(requests) do
  if #request.taken > 0 then
    add('taken', #request.taken)
    for _, e in ipairs(request.taken) do
      add(e.token, e.id, e.attempt, e.start, e.expires, e.worker, e.record)
    end
  elseif request.takes then
    add(outcome, detail or false)
  else
    add('again', false)
  end
end
return answer
