-- Corrects the costs of starts, one after another, at the time of each start. `what` is 'lease' for the
-- attempt of a lease, whose `costs` are words: ":cost" in the queue's own limit, "name:cost" in a named
-- one, "name:period:used" for the usage that an API reported; or 'start' for a start without an event,
-- whose `token` names the correction, `id` is the start, and `costs` is the change.
--
-- KEYS meta scope starts acquired pending:high pending:normal pending:low types events leased leases limits limits:starts limits:held lines closed
-- ARGV given seen remembered start_up channel client [what token id costs]…
-- REPLY now, latest start, settings, epoch and server or nil (ask again), and for each correction 1, or 0 if
--       the lease no longer holds the event; permits debited, permits given back, costs reported in vain,
--       how many windows are too full, [key or '', limit, permits beyond it]…
-- COST O(log starts) for each start that is not before the corrected one, 1000 of them at most

local META, SCOPE, STARTS, ACQUIRED, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS, LEASED, LEASES,
  LIMITS, LIMITS_STARTS, LIMITS_HELD, LINES, CLOSED = unpack(KEYS)
local given, seen, remembered, start_up, channel, client = unpack(ARGV, 1, 6)
-- @include basics
-- @include limiter
-- @include state
-- @include charges
-- @include events
-- @include leases
-- @include scoped
-- @include freed
-- @include named
-- @include pauses
-- @include keystates
-- @include wake

-- As io.ratelimit.core.queue.EventQueue has it.
local REMEMBERED = 5000000
local MOST_CORRECTED = 1000
local MOST_COST = 1000000

local corrections = {}
for i = 7, #ARGV, 4 do
  local what, token, id, costs = unpack(ARGV, i, i + 3)
  word('what', what, 'lease start')
  if what == 'start' then
    id, costs = whole('id', id, NEVER, FAR), whole('costs', costs, -MOST_COST, MOST_COST)
  else
    for each in string.gmatch(costs, '%S+') do
      local number = string.match(each, '^[%w.%-*_+%%]*:(%d+)$')
        or string.match(each, '^[%w.%-*_+%%]+:%d+:(%d+)$')
      whole('costs', number or each, 0, MOST_COST)
    end
  end
  corrections[#corrections + 1] = { what = what, token = token, id = id, costs = costs }
end
-- @include loaded

local answer = reply()
local debited, returned, overruns, own_changed = 0, 0, 0, false
local tally

local function drop()
  tally.dropped = tally.dropped + 1
  return false
end

local function counted(change)
  tally.debited = tally.debited + math.max(0, change)
  tally.returned = tally.returned + math.max(0, -change)
  return true
end

local function exceeded(key, limit, held)
  if held > limit.permits then
    local over = tally.over
    over[#over + 1], over[#over + 2], over[#over + 3] = key, limit.text, held - limit.permits
  end
end

-- Returns the starts of a log from a time on, oldest first; nil if they cannot be changed. `next` returns
-- the members with their weight and time, backwards from the latest; `before` is the weight up to them, and
-- `at` the time of the first. The previous start, `prior`, gives the debt.
local function tail_from(next, at, change, base, forgotten)
  local newest = {}
  local before, prior = base, nil
  while true do
    local cum, start, member = next()
    if not cum then
      break
    elseif start < at or #newest == MOST_CORRECTED then
      before = cum
      if start >= at then
        if change <= 0 then
          return nil
        end
        at = newest[#newest].start
      end
      if start > forgotten and not (L.run and member == string.format('%016d', L.run.stop)) then
        prior = { start = start, weight = cum - (next() or base) }
      end
      break
    end
    newest[#newest + 1] = { cum = cum, start = start, member = member }
  end
  local tail = { at = at, before = before, prior = prior, members = {} }
  for i = #newest, 1, -1 do
    tail.members[#tail.members + 1] = newest[i].member
    -- Starts at the same time count as one.
    if #tail > 0 and tail[#tail].start == newest[i].start then
      tail[#tail] = newest[i]
    else
      tail[#tail + 1] = newest[i]
    end
  end
  return tail[1] and tail[1].start == at and tail or nil
end

-- Changes the weight of the first start; nil if that changes nothing.
local function change_first(tail, change)
  local weight = tail[1].cum - tail.before
  change = math.max(change, -weight)
  if weight <= 0 or change == 0 then
    return nil
  end
  tail.weight, tail.change = weight, change
  for _, entry in ipairs(tail) do
    entry.cum = entry.cum + change
  end
  if weight + change == 0 then
    table.remove(tail, 1)
  end
  return tail
end

local function is_after(micros, part, other, other_part)
  return micros > other or (micros == other and part > other_part)
end

-- As io.ratelimit.core.limit.Pace has it.
local function corrected_pace(micros, part, tail, limit)
  local function replayed(from)
    local at, numerator, before = from, 0, tail.before
    if tail.prior then
      at, numerator = pace_after(at, numerator, tail.prior.start, tail.prior.weight, limit)
    end
    for _, entry in ipairs(tail) do
      at, numerator = pace_after(at, numerator, entry.start, entry.cum - before, limit)
      before = entry.cum
    end
    return at, numerator
  end
  local least, least_part = replayed(NEVER)
  local most, most_part = replayed(FAR)
  local paid = math.min(tail.weight, limit.permits)
  local cost = math.min(tail.weight + tail.change, limit.permits)
  local next, next_part = pace_plus(micros, part, cost - paid, limit)
  if is_after(next, next_part, most, most_part) then
    next, next_part = most, most_part
  end
  if is_after(least, least_part, next, next_part) then
    next, next_part = least, least_part
  end
  if pace_ceiling(next, next_part) == pace_ceiling(micros, part)
    or (tail.change > 0 and is_after(micros, part, next, next_part)) then
    return micros, part
  end
  return next, next_part
end

-- Returns the weight of the fullest window of a length that ends with a start and contains the first start
-- of a tail; `behind` returns the weight of the starts after a time.
local function fullest(tail, window, cum, behind)
  local held = 0
  for _, entry in ipairs(tail) do
    if entry.start - window >= tail.at then
      break
    end
    held = math.max(held, behind(entry.start - window) - (cum - entry.cum))
  end
  return held
end

local function own_behind(time)
  time = math.max(time, L.forgotten)
  local held = weight_behind(int(time))
  return L.run and L.run.at > time and held - L.run.size or held
end

local function correct_own(start, change)
  local asked = math.max(now, L.latest)
  local longest = S.normal.window
  for _, demand in ipairs(S.demands) do
    longest = asked < demand.lapse and math.max(longest, demand.admitted.window) or longest
  end
  if start + longest <= asked or start <= L.forgotten or (L.run and L.run.at >= start) then
    return drop()
  end
  -- Reads the two entries before it as well.
  local page = redis.pcall('ZREVRANGEBYSCORE', STARTS, '+inf', int(start), 'WITHSCORES', 'LIMIT', 0,
    MOST_CORRECTED + 2)
  if page.err then
    return drop()
  end
  local before = redis.call('ZREVRANGEBYSCORE', STARTS, '(' .. int(start), '-inf', 'WITHSCORES', 'LIMIT', 0, 2)
  for _, value in ipairs(before) do
    page[#page + 1] = value
  end
  local i = -1
  local tail = tail_from(function()
    i = i + 2
    return tonumber(page[i]), tonumber(page[i + 1]), page[i]
  end, start, change, L.base, L.forgotten)
  tail = tail and change_first(tail, change)
  if not tail then
    return drop()
  end
  write_even_if_full()
  redis.call('ZREM', STARTS, unpack(tail.members))
  local entries = {}
  for _, entry in ipairs(tail) do
    entries[#entries + 1] = int(entry.start)
    entries[#entries + 1] = string.format('%016d', entry.cum)
  end
  if #entries > 0 then
    redis.call('ZADD', STARTS, unpack(entries))
  end
  L.cum = L.cum + tail.change
  if L.oldest == tail.at and tail[1] then
    L.oldest = tail[1].start
  end
  local limit = parse_limit(L.pace_limit)
  if limit then
    L.pace, L.pace_part = corrected_pace(L.pace, L.pace_part, tail, limit)
  end
  L.memo = nil
  redis.call('HDEL', META, 'memo')
  if tail.change > 0 then
    limit = in_force(asked)
    local held = fullest(tail, limit.window, L.cum, own_behind)
    record_window(held)
    exceeded('', limit, held)
  end
  own_changed = true
  return counted(tail.change)
end

-- Returns the limit and the state of a key, or nil if it is forgotten.
local function known_key(key)
  local named = named_limit(name_of_key(key))
  if named and redis.call('HEXISTS', LIMITS, 's' .. key) == 1 then
    return named, N.state(key, named, now)
  end
end

-- Returns the time of the changed start, or nil.
local function correct_key(key, named, state, start, change)
  if start + named.memory <= math.max(now, state.latest) or start <= state.forgotten then
    return nil
  end
  local page, at, last = {}, 0, '(' .. key .. '}'
  local tail = tail_from(function()
    at = at + 1
    if not page[at] then
      page, at = redis.call('ZREVRANGEBYLEX', LIMITS_STARTS, last, '[' .. key .. '|', 'LIMIT', 0, 100), 1
      last = page[1] and '(' .. page[#page]
    end
    local cum, each = N.parse_start(key, page[at])
    return cum, each, page[at]
  end, start, change, state.base, state.forgotten)
  tail = tail and change_first(tail, change)
  if not tail then
    return nil
  end
  write_even_if_full()
  local windows = named.in_force(key, now)
  local paces = { told = state.paces.told }
  for _, window in ipairs(windows) do
    paces[window.text] = pace_of(key, state, window)
  end
  redis.call('ZREM', LIMITS_STARTS, unpack(tail.members))
  local entries = {}
  for _, entry in ipairs(tail) do
    entries[#entries + 1] = 0
    entries[#entries + 1] = start_member(key, entry.cum, entry.start)
  end
  if #entries > 0 then
    redis.call('ZADD', LIMITS_STARTS, unpack(entries))
  end
  state.cum = state.cum + tail.change
  if state.oldest == tail.at and tail[1] then
    state.oldest = tail[1].start
  end
  local function behind(time)
    return N.held_after(key, state, math.max(time, state.forgotten))
  end
  for _, window in ipairs(windows) do
    local pace = paces[window.text]
    paces[window.text] = { corrected_pace(pace[1], pace[2], tail, window) }
    -- Examines the windows one by one only if all together hold too much.
    if tail.change > 0 and behind(tail.at - window.window) > window.permits then
      exceeded(key, window, fullest(tail, window.window, state.cum, behind))
    end
  end
  state.paces = paces
  look_again(key)
  tell_scope(key)
  counted(tail.change)
  return tail.at
end

local function correct_named(key, start, change)
  local named, state = known_key(key)
  if not named or not correct_key(key, named, state, start, change) then
    return drop()
  end
  save_key(key, state)
  return true
end

-- Debits the usage by other callers, as io.ratelimit.core.limit.KeyState does.
local function debit_used(key, start, period, used)
  local named, state = known_key(key)
  for _, window in ipairs(named and named.in_force(key, now) or {}) do
    if window.period == period then
      local at = math.max(start, state.paces.told and state.paces.told[1] or NEVER)
      local held = N.held_after(key, state, math.max(at - window.window, state.forgotten)) - N.held_after(key, state, at)
      local told = used > held and correct_key(key, named, state, at, used - held)
      if told then
        state.paces.told = { told, 0 }
        save_key(key, state)
      end
    end
  end
end

-- Returns the costs of an attempt by the encoded name of each limit, '' for the queue's own, and the
-- keys.
local function costs_of(record, held)
  local _, _, weight, _, _, _, charges = parse_record(record)
  local costs, keys = { [''] = tonumber(weight) }, {}
  for key, cost in string.gmatch(charges or '', '/([^:/]+):(%d+)') do
    local name = name_of_key(key)
    costs[name], keys[name] = tonumber(cost), key
  end
  for name, cost in string.gmatch(string.match(held, '!c([^!/]*)') or '', '([^,:]*):(%d+)') do
    costs[name] = tonumber(cost)
  end
  return costs, keys
end

-- Notes "!c" and ",name:cost" for each corrected cost, before everything else in a lease.
local function note_costs(token, lease, corrected)
  local costs, held = string.match(lease.held, '^!c([^!/]*)(.*)$')
  costs, held = costs or '', held or lease.held
  local all = {}
  for name, cost in string.gmatch(costs, '([^,:]*):(%d+)') do
    all[name] = cost
  end
  for name, cost in pairs(corrected) do
    all[name] = int(cost)
  end
  local words = {}
  for name, cost in pairs(all) do
    words[#words + 1] = ',' .. name .. ':' .. cost
  end
  redis.call('HSET', LEASES, token, string.format('%d %d!c%s%s %d ', lease.taken, lease.attempt,
    table.concat(words), held, #lease.id) .. lease.type_key .. ' ' .. lease.id .. lease.worker)
end

local function correct_lease(correction)
  local lease = parse_lease(redis.call('HGET', LEASES, correction.token))
  local record = lease and lease.id == correction.id and redis.call('HGET', EVENTS, lease.id)
  if not record then
    return 0
  end
  local costs, keys = costs_of(record, lease.held)
  local corrected, any = {}, false
  for each in string.gmatch(correction.costs, '%S+') do
    local name, period, cost = string.match(each, '^([^:]*):?(%d*):(%d+)$')
    cost = tonumber(cost)
    if name ~= '' and not keys[name] then
      drop()
    elseif period ~= '' then
      debit_used(keys[name], lease.taken, period, cost)
    elseif costs[name] and cost ~= costs[name] then
      local change = cost - costs[name]
      local done
      if name == '' then
        done = correct_own(lease.taken, change)
      else
        done = correct_named(keys[name], lease.taken, change)
      end
      if done then
        corrected[name], any = cost, true
      end
    end
  end
  if any then
    note_costs(correction.token, lease, corrected)
  end
  return 1
end

local function correct_start(correction)
  local id = 'corrected ' .. correction.token
  local before = redis.pcall('ZSCORE', ACQUIRED, id)
  local is_repeated = type(before) == 'string' and tonumber(before) > now - REMEMBERED
  if not is_repeated and correction.costs ~= 0 and correct_own(correction.id, correction.costs) then
    redis.pcall('ZADD', ACQUIRED, int(now), id)
  end
  return 1
end

for _, correction in ipairs(corrections) do
  tally = { debited = 0, returned = 0, dropped = 0, over = {} }
  local held = (correction.what == 'lease' and correct_lease or correct_start)(correction)
  debited, returned = debited + tally.debited, returned + tally.returned
  overruns = overruns + #tally.over / 3
  for _, value in ipairs({ held, tally.debited, tally.returned, tally.dropped, #tally.over / 3 }) do
    answer[#answer + 1] = value
  end
  for _, value in ipairs(tally.over) do
    answer[#answer + 1] = value
  end
end
if debited > 0 then
  count('debited', debited)
end
if returned > 0 then
  count('returned', returned)
end
if overruns > 0 then
  count('overruns', overruns)
  redis.call('HSET', META, 'overrun_at', int(now))
end
if own_changed then
  save('now', int(now))
elseif debited + returned > 0 then
  redis.call('HSET', META, 'now', int(now))
end
if returned > 0 then
  wake(channel, client)
end
return answer
