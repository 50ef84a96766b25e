-- Takes events, each with a permit: makes due retries and expired leases pending again (a bounded
-- number), then permit, removal and lease in one step. An event that the limit has become too small
-- for goes to the failed queue. Sent again with the same id, it returns the leases that it holds.
--
-- KEYS meta starts pending:high pending:normal pending:low types events attempts delayed leased leases failed failed:times failed:events
-- ARGV given seen remembered start_up request worker max lease_micros aging failed_age
-- REPLY now, latest start, settings, and one of
--         'taken', [token, id, attempt, taken at, expires at, worker, record]…
--         'at', time
--         'empty', next due or nil
--         'paused', until or nil
--         'again': only moved events to the failed queue, and there may be more
-- COST O(log n) for each event that moves; O(log starts) for the limit while it stays the same

local META, STARTS, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS, ATTEMPTS, DELAYED,
  LEASED, LEASES, FAILED, FAILED_TIMES, FAILED_EVENTS = unpack(KEYS)
local given, seen, remembered, start_up, request, worker, max, lease_micros, aging, failed_age =
  unpack(ARGV)
-- @include basics
-- @include limiter
-- @include state
-- @include events
-- @include leases
-- @include failures
-- @include loaded

local MAX_PROMOTED = 100
local MAX_GIVEN_UP = 100
local CHUNK = 100

max = tonumber(max)
aging = tonumber(aging)

local tokens = {}
for n = 1, max do
  tokens[n] = request .. '#' .. int(n - 1)
end

local function held()
  local answer
  local leases = redis.call('HMGET', LEASES, unpack(tokens))
  for n = 1, max do
    if leases[n] then
      local lease = parse_lease(leases[n])
      answer = answer or reply('taken')
      for _, value in ipairs({ tokens[n], lease.id, lease.attempt, lease.taken,
        tonumber(redis.call('ZSCORE', LEASED, tokens[n])), lease.worker,
        redis.call('HGET', EVENTS, lease.id) }) do
        answer[#answer + 1] = value
      end
    end
  end
  return answer
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

local answer = held()
if answer then
  return answer
end
if not due or due <= now then
  promote()
  redis.call('HSET', META, 'due', due)
end
expire_failures(failed_age, now)

local taken, given_up, types = {}, 0, {}
local outcome, detail
while #taken < max do
  local event = next_event(max - #taken)
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
    redis.call('HDEL', EVENTS, event.id)
    if event.attempts > 0 then
      redis.call('HDEL', ATTEMPTS, event.id)
    end
    given_up = given_up + 1
  else
    outcome, detail = what, value
    break
  end
  event.queue.used = event.queue.used + 1
  types[event.type_key] = (types[event.type_key] or 0) - 1
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
for type_key, change in pairs(types) do
  count_type(type_key, change)
end
if #taken > 0 then
  answer = reply('taken')
  local by_expiry, leases = {}, {}
  for n, event in ipairs(taken) do
    local expires = event.start + lease_micros
    local attempt = event.attempts + 1
    local i = 2 * n
    by_expiry[i - 1], by_expiry[i] = int(expires), tokens[n]
    leases[i - 1], leases[i] = tokens[n],
      string.format('%d %d %d ', event.start, attempt, #event.id) .. event.id .. worker
    due = math.min(due, expires)
    local last = #answer
    answer[last + 1] = tokens[n]
    answer[last + 2] = event.id
    answer[last + 3] = attempt
    answer[last + 4] = event.start
    answer[last + 5] = expires
    answer[last + 6] = worker
    answer[last + 7] = event.record
  end
  redis.call('ZADD', LEASED, unpack(by_expiry))
  redis.call('HSET', LEASES, unpack(leases))
  write_starts()
  save('now', int(now), 'due', int(due))
  return answer
end

if given_up > 0 then
  redis.call('HSET', META, 'now', int(now))
end
if outcome == 'again' then
  return reply('again')
end
if outcome == 'empty' then
  return reply('empty', next_due() or false)
end
if is_paused(now) then
  return reply('paused', S.pause ~= 'inf' and tonumber(S.pause))
end
return reply('at', detail)
