-- Takes events, each with a permit, for one request after another. Makes a bounded number of due retries
-- and expired leases pending again, and then spends the permit, removes the event and leases it in one
-- step. An event whose weight exceeds a lowered limit, or whose record cannot be read, goes to the failed
-- queue. An event of a type that is not wanted is set aside, once, until somebody takes that type. What an
-- index has lost is found again. An event that named limits charge is taken in its turn, and is charged to
-- all of them in the same step; if a key does not admit it, it stands aside until the key opens. A request
-- that is sent again with the same id gets the leases that it holds. Payloads are fetched only once their
-- events may start, and one call returns a bounded number of their bytes.
--
-- KEYS meta scope starts pending:high pending:normal pending:low fresh:high fresh:normal fresh:low types events attempts delayed leased leases failed failed:times failed:events aside aside:types returned limits limits:starts limits:held keyed flows lines turns closed loads expiring latest waiting
-- ARGV given seen remembered start_up names aging failed_age waiter [request worker max lease_micros]…
-- REPLY now, latest start, settings, epoch and server or nil (ask again), how many clients wait or 0
--      if that was not asked for, and for each request one of
--         'taken', how many, [token, id, attempt, taken at, expires at, worker, record]…, and then
--           one of the following for the rest: 'again' if unknown
--         'at', time
--         'empty', next due or nil
--         'paused', until or nil
--         'again', nil: send it again
-- COST O(log n) for each event that moves; O(log starts) for the limit while it stays the same; while
--      events are set aside, O(log n) for each of the names, separated by spaces ('': all types)

local META, SCOPE, STARTS, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW,
  FRESH_HIGH, FRESH_NORMAL, FRESH_LOW, TYPES, EVENTS, ATTEMPTS, DELAYED,
  LEASED, LEASES, FAILED, FAILED_TIMES, FAILED_EVENTS, ASIDE, ASIDE_TYPES,
  RETURNED,
  LIMITS, LIMITS_STARTS, LIMITS_HELD, KEYED, FLOWS, LINES, TURNS, CLOSED, LOADS, EXPIRING, LATEST, WAITING = unpack(KEYS)
local given, seen, remembered, start_up, names, aging, failed_age, waiter = unpack(ARGV, 1, 8)
-- @include basics
-- @include limiter
-- @include state
-- @include charges
-- @include events
-- @include fresh
-- @include terms
-- @include leases
-- @include leased
-- @include attempts
-- @include past
-- @include failures
-- @include aside
-- @include loaded
-- @include returned
-- @include expired

-- What named limits need: nil if nothing is charged, because loading it takes longer than most calls.
local keyed, key_states, free, hear
-- (Not EXISTS, which users of Redis need not be allowed to call.)
if is_charged == 'perhaps' then
  keep_types('ZCARD', KEYED, FLOWS, LIMITS_HELD)
  keep_types('HLEN', TURNS)
  local marked = redis.call('ZSCORE', LIMITS_HELD, '#') and 1 or 0
  if redis.call('ZCARD', KEYED) + redis.call('ZCARD', FLOWS) + redis.call('HLEN', TURNS)
    + redis.call('ZCARD', LIMITS_HELD) == marked then
    write_even_if_full()
    redis.call('HSET', META, 'charged', 0)
    is_charged = false
  end
end
if is_charged then
  keyed, key_states, free, hear = (function()
-- @include loads
-- @include keyed
-- @include scoped
-- @include freed
-- @include named
-- @include pauses
-- @include keystates
-- @include inflight
-- @include heard
    return keyed, function() return N end, free, hear
  end)()
end
-- @include placed

-- (In a table, because Lua has room for 200 locals.)
local MAX = { PROMOTED = 100, GIVEN_UP = 100, SET_ASIDE = 200, MOVED = 200, CHUNK = 100, PASSED = 5000 }

aging = whole('aging', aging, 0, FAR)
failed_age = whole('failed_age', failed_age, 0, FAR)

local requests, tokens = {}, {}
for i = 9, #ARGV, 4 do
  local request = { id = ARGV[i], worker = ARGV[i + 1], max = whole('max', ARGV[i + 2], 1, 1000),
    lease_micros = whole('lease_micros', ARGV[i + 3], 1, FAR), first = #tokens + 1, taken = {} }
  requests[#requests + 1] = request
  for n = 1, request.max do
    tokens[#tokens + 1] = request.id .. '#' .. int(n - 1)
  end
end

local largest

-- Returns how many records to fetch at once without knowing their size.
local function at_once()
  largest = largest or tonumber(redis.call('HGET', META, 'largest')) or MOST_BYTES
  return math.max(1, math.floor(MOST_BYTES / math.max(largest, 1)))
end

-- Returns when the next retry or lease falls due, or nil.
local function next_due()
  local retry = redis.call('ZRANGE', DELAYED, 0, 0, 'WITHSCORES')[2]
  local expiry = redis.call('ZRANGE', LEASED, 0, 0, 'WITHSCORES')[2]
  if retry and expiry then
    return math.min(retry, expiry)
  end
  return tonumber(retry or expiry)
end

-- @include rows

-- Gives each request the leases that it holds; returns how many events the others want.
local wanted = (function()
  local wanted, bytes, seen_before = 0, 0, {}
  local leases = redis.call('HMGET', LEASES, unpack(tokens))
  for _, request in ipairs(requests) do
    local later = false
    for n = request.first, request.first + request.max - 1 do
      -- A request that finds no more room is to be sent again.
      later = later or (leases[n] and bytes >= MOST_BYTES and #request.taken == 0)
      if leases[n] and not later then
        local lease = parse_lease(leases[n])
        local record = lease and redis.call('HGET', EVENTS, lease.id)
        if record then
          lease.token, lease.start, lease.record = tokens[n], lease.taken, record
          lease.expires = tonumber(redis.call('ZSCORE', LEASED, tokens[n]))
          if not lease.expires then
            lease.expires = now + request.lease_micros
            write_even_if_full()
            redis.call('ZADD', LEASED, lease.expires, tokens[n])
          end
          request.taken[#request.taken + 1] = lease
          bytes = bytes + #record
        else
          end_lease(tokens[n])
        end
      end
    end
    request.takes = #request.taken == 0 and not later and not seen_before[request.id]
    seen_before[request.id] = true
    if request.takes then
      wanted = wanted + request.max
    end
  end
  return wanted
end)()
-- Not in functions, because most calls need none of it. An event whose record was lost does not become
-- pending.
if wanted > 0 and (not due or due <= now) then
  write_even_if_full()
  local most = math.min(MAX.PROMOTED, at_once())
  local retries = redis.call('ZRANGEBYSCORE', DELAYED, '-inf', int(now), 'LIMIT', 0, most)
  for _, id in ipairs(retries) do
    redis.call('ZREM', DELAYED, id)
    local record = redis.call('HGET', EVENTS, id)
    if record then
      local _, _, _, _, _, _, charges = parse_record(record)
      if free then
        free(id, charges or '')
      end
      make_pending(id, record)
    else
      redis.call('HDEL', ATTEMPTS, id, '\1' .. id)
    end
  end
  local room = most - #retries
  local expired = room > 0
    and redis.call('ZRANGEBYSCORE', LEASED, '-inf', int(now), 'LIMIT', 0, room) or {}
  for _, token in ipairs(expired) do
    local lease = parse_lease(redis.call('HGET', LEASES, token))
    local record = lease and redis.call('HGET', EVENTS, lease.id)
    end_lease(token)
    if lease and free then
      free(lease.id, lease.held)
    end
    if record and has_terms(lease.held) and termed().is_outdated(lease.id, lease.held) then
      termed().drop(lease.id)
    elseif record then
      redis.call('HSET', ATTEMPTS, lease.id, int(lease.attempt))
      note_attempt(lease.id, lease, now, 'its lease expired')
      make_pending(lease.id, record)
      note_return('e' .. lease.id)
    elseif lease then
      redis.call('HDEL', ATTEMPTS, lease.id, '\1' .. lease.id)
    end
  end
  if #expired > 0 then
    count('expired', #expired)
  end
-- @include unmoved
-- @include waiting
  keep_types('ZCARD', EXPIRING)
  local lapsed = redis.call('ZRANGEBYSCORE', EXPIRING, '-inf', int(now), 'LIMIT', 0, most)
  for _, id in ipairs(lapsed) do
    redis.call('ZREM', EXPIRING, id)
    local record = redis.call('HGET', EVENTS, id)
    if record and withdraw(id, record) then
      local _, _, _, _, _, _, _, terms = parse_record(record)
      expire(id, record, terms or '', attempts_of(redis.call('HGET', ATTEMPTS, id)))
    end
  end
-- @include numbers
-- @include repair
  local next_look = look()
  local next_expiry = redis.call('ZRANGE', EXPIRING, 0, 0, 'WITHSCORES')[2]
  due = math.min(next_due() or FAR, next_look, tonumber(next_expiry) or FAR)
  redis.call('HSET', META, 'due', int(due))
end
expire_failures(failed_age, now)
local some_aside = wanted > 0 and redis.call('ZCARD', ASIDE) + redis.call('ZCARD', ASIDE_TYPES) > 0
local is_broken = some_aside and redis.call('ZCARD', ASIDE) ~= redis.call('ZCARD', ASIDE_TYPES)
-- One of the two sets was lost. Each take puts some of the events in the other one back among the pending
-- events; nothing is set aside anew until both are empty.
if is_broken then
  local scored = redis.call('ZRANGE', ASIDE, 0, MAX.SET_ASIDE - 1, 'WITHSCORES')
  local members = redis.call('ZRANGE', ASIDE_TYPES, 0, MAX.SET_ASIDE - 1)
  redis.call('ZREMRANGEBYRANK', ASIDE, 0, MAX.SET_ASIDE - 1)
  redis.call('ZREMRANGEBYRANK', ASIDE_TYPES, 0, MAX.SET_ASIDE - 1)
  for i = 1, #scored, 2 do
    local sequence = scored[i + 1] % SPAN
    local priority = int((scored[i + 1] - sequence) / SPAN)
    redis.call('ZADD', PENDING[priority], int(sequence), scored[i])
  end
  for _, member in ipairs(members) do
    local _, priority, sequence, _, id = parse_aside(member)
    redis.call('ZADD', PENDING[priority], sequence, id)
  end
end
if is_charged and wanted > 0 then
  if not key_states().recall_held(keyed()) then
    is_broken = true
  end
  key_states().forget_some(keyed())
  hear()
  if keyed().is_broken() then
    is_broken = true
    keyed().dissolve(MAX.SET_ASIDE)
  end
end
begin_rows(some_aside)

local taken, granted, given_up, moved, types = {}, 0, 0, 0, {}
local outcome, detail = is_broken and 'again', nil

-- Moves an event to the failed queue. If its record was lost, there is nothing to move.
local function give_up(event, reason)
  write_even_if_full()
  if event.record then
    bytes = bytes + #event.record
    note_return('f' .. add_failure(event.id, event.record, event.attempts, reason, now))
    redis.call('HDEL', EVENTS, event.id)
    if (event.terms or '') ~= '' then
      termed().forget(event.id, event.terms)
    end
  end
  if event.attempts > 0 then
    redis.call('HDEL', ATTEMPTS, event.id, '\1' .. event.id)
  end
  given_up = given_up + 1
end

while not is_broken and granted < wanted do
  local at
  if is_charged then
    at = math.max(now, L.latest)
    local left = MAX.MOVED - moved
    local woken = left > 0 and keyed().wake(at, left, SCOPE ~= META) or left
    moved = moved + woken
    if woken == left then
      outcome = 'again'
      break
    end
  end
  local event, without = next_event(wanted - granted)
  if not event then
    outcome = without
    break
  end
  if bytes > 0 and bytes + #(event.record or '') > MOST_BYTES then
    outcome = 'again'
    break
  end
  local what, value = 'unreadable'
  local flow = event.flow and keyed().state(event.flow)
  if event.flow and not (flow and event.id) then
    keyed().dissolve(MAX.SET_ASIDE)
    outcome = 'again'
    break
  end
  if event.is_readable and event.terms ~= '' and (termed().expires_at(event.terms) or FAR) <= now then
    what = 'expired'
  elseif event.is_readable then
    value = flow and key_states().refusal(event)
    if value then
      what = 'refused'
    elseif flow and not key_states().admits(event, keyed(), flow, at) then
      what = 'aside'
      moved = moved + 1
    else
      what, value = decide(now, event.weight)
    end
  end
  if what == 'granted' then
    event.start = value
    if flow then
      event.held = key_states().charge(event, value)
    end
    granted = granted + 1
    taken[granted] = event
    bytes = bytes + #event.record
    if event.terms ~= '' then
      termed().end_wait(event.id, event.terms)
    end
  elseif what == 'expired' then
    write_even_if_full()
    expire(event.id, event.record, event.terms, event.attempts)
    given_up = given_up + 1
  elseif what == 'unreadable' then
    give_up(event, UNREADABLE)
  elseif what == 'refused' then
    give_up(event, value)
  elseif what == 'never' then
    give_up(event, 'weighs ' .. int(event.weight) .. ' but the limit has ' .. int(value) .. ' permits')
  elseif what ~= 'aside' then
    outcome, detail = what, value
    if is_paused(now) then
      outcome, detail = 'paused', S.pause ~= 'inf' and tonumber(S.pause)
    end
    break
  end
  if what ~= 'aside' then
    if event.flow then
      keyed().remove_head(flow, event.id, event.member, event.charges or '')
    else
      event.queue.used = event.queue.used + 1
      if not event.queue.key and not event.queue.list then
        left_aside[#left_aside + 1] = event
      end
      if is_charged and redis.call('ZCARD', FLOWS) > 0 then
        redis.call('HSET', TURNS, 't' .. int(event.queue.rank), keyed().next_turn())
      end
    end
    local counted = counted_as(event.type_key, event.weight)
    if counted then
      types[counted] = (types[counted] or 0) - 1
    end
  end
  if given_up == MAX.GIVEN_UP or moved >= MAX.MOVED then
    outcome = 'again'
    break
  end
end

for priority = 0, 2 do
  for _, queue in ipairs(rows[priority] or {}) do
    if queue.key and queue.used > 0 then
      redis.call('ZREMRANGEBYRANK', queue.key, 0, queue.used - 1)
    end
    local fresh = queue.fresh
    local gone = fresh and (fresh.passed[fresh.used] or fresh.leading) or 0
    if gone > 0 then
      redis.call('LTRIM', fresh.list, gone, -1)
      if gone > fresh.used then
        pass_withdrawn(int(priority), gone - fresh.used)
      end
    end
  end
end
for _, event in ipairs(left_aside) do
  remove_aside(event.id, event.record)
end
for _, event in ipairs(set_aside) do
  add_aside(event.id, event.record)
end
for _, event in ipairs(unkeyed) do
  make_pending(event.id, event.record)
  local counted = counted_as(event.type_key, event.weight)
  count_type(counted, -1)
  outcome = outcome == 'empty' and 'again' or outcome
end
for counted, change in pairs(types) do
  count_type(counted, change)
end
if granted > 0 then
  local by_expiry, leases = {}, {}
  local next_taken = 1
  local start, expires, start_text, expires_text
  local lengths = {}
  for _, request in ipairs(requests) do
    if request.takes then
      local last = math.min(granted, next_taken + request.max - 1)
      for n = 0, last - next_taken do
        local event = taken[next_taken + n]
        event.token = tokens[request.first + n]
        event.attempt = event.attempts + 1
        event.expires = event.start + request.lease_micros
        request.taken[n + 1] = event
        if event.start ~= start or event.expires ~= expires then
          start, expires = event.start, event.expires
          start_text, expires_text = int(start) .. ' ', int(expires)
          due = math.min(due, expires)
        end
        local length = #event.id
        if not lengths[length] then
          lengths[length] = ' ' .. int(length) .. ' '
        end
        local at = #leases
        by_expiry[at + 1], by_expiry[at + 2] = expires_text, event.token
        leases[at + 1] = event.token
        leases[at + 2] = start_text .. (event.attempt == 1 and '1' or int(event.attempt)) .. event.terms
          .. (event.held or '') .. lengths[length] .. event.type_key .. ' ' .. event.id .. request.worker
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
  if is_charged and redis.call('ZCARD', KEYED) > 0 then
    local opens = keyed().next_opening(names_wanted)
    if opens then
      outcome, detail = 'at', math.min(opens, detail or opens)
    end
  elseif not names_wanted or redis.call('ZCARD', ASIDE) == 0 then
    -- Nothing is pending, so anything that is still counted was lost.
    redis.call('UNLINK', TYPES)
  end
end
local answer = reply(0)
local last = 5
do
  -- "+" and a client that waits if nothing is found; "-" and one that waits already, and perhaps no longer.
  -- A waiting client asks again within a minute. (pcall: a full memory costs promptness, not the take.)
  local client = string.sub(waiter, 2) .. (names ~= '' and ' ' .. names or '')
  if waiter ~= '' and outcome == 'empty' then
    redis.pcall('ZADD', WAITING, int(now), client)
    redis.call('ZREMRANGEBYSCORE', WAITING, '-inf', int(now - 60000000))
    answer[last] = redis.call('ZCARD', WAITING)
  elseif string.sub(waiter, 1, 1) == '-' then
    redis.call('ZREM', WAITING, client)
  end
end
for _, request in ipairs(requests) do
  local count = #request.taken
  if count > 0 then
    answer[last + 1], answer[last + 2] = 'taken', count
    last = last + 2
    for _, e in ipairs(request.taken) do
      answer[last + 1], answer[last + 2], answer[last + 3], answer[last + 4] = e.token, e.id, e.attempt, e.start
      answer[last + 5], answer[last + 6], answer[last + 7] = e.expires, e.worker or request.worker, e.record
      last = last + 7
    end
  end
  if request.takes and count < request.max then
    answer[last + 1], answer[last + 2] = outcome, detail or false
  else
    answer[last + 1], answer[last + 2] = 'again', false
  end
  last = last + 2
end
return answer
