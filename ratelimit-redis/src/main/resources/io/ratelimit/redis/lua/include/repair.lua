-- Finds again what an index has lost, a bounded number of steps at a time: events that are neither pending
-- nor delayed nor leased, leases without an expiry, failures that are not listed.
-- Needs the keys of take, now, at_once and the includes basics, events, fresh, unmoved, leases, leased, failures, aside and numbers.

local LOOK_AFTER = 10000000
local SCANNED = 100
local UNLISTED = 1000

-- How long a lease holds once its expiry is lost: a lane that is at work extends it before that.
local HELD_ANEW = 30000000

-- Looks from time to time; returns when to look again. One function, because most calls need none of it.
local function look()
  local looked = tonumber(redis.call('HGET', META, 'looked'))
  if looked and looked <= now and now < looked + LOOK_AFTER then
    return looked + LOOK_AFTER
  end

  -- Takes one step through a hash, from the end of the last step; returns whether it reached the end.
  local function step(key, name, visit)
    local cursor = string.match(redis.call('HGET', META, 'scan') or '', '^' .. name .. ' (%d+)$')
    if not cursor or #cursor > 15 then
      cursor = '0'
    end
    local reply = redis.call('HSCAN', key, cursor, 'COUNT', math.min(SCANNED, at_once()))
    local found = reply[2]
    for i = 1, #found, 2 do
      visit(found[i], found[i + 1])
    end
    if reply[1] == '0' then
      redis.call('HDEL', META, 'scan')
      return true
    end
    redis.call('HSET', META, 'scan', name .. ' ' .. reply[1])
    return false
  end

  local function all_fresh()
    return count_fresh('0') + count_fresh('1') + count_fresh('2')
  end

  local function cards(...)
    local sum = 0
    for _, key in ipairs({ ... }) do
      sum = sum + redis.call('ZCARD', key)
    end
    return sum
  end

  local function list_lease(token)
    redis.call('ZADD', LEASED, 'NX', int(now + HELD_ANEW), token)
  end

  local function list_event(id, record)
    for _, key in ipairs({ PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, ASIDE, KEYED, DELAYED }) do
      if redis.call('ZSCORE', key, id) then
        return
      end
    end
    if place_in_fresh(id, record) or is_leased(id) then
      return
    end
    -- Nobody holds the event, so it is in flight under no key. The lease that named its keys may be lost.
    if free then
      local _, _, _, _, _, _, charges = parse_record(record)
      free(id, charges or '')
    end
    local counted = place(id, record)
    -- If `pending` was lost, the types still count its events.
    local sum = 0
    for _, number in ipairs(redis.call('HVALS', TYPES)) do
      sum = sum + (tonumber(number) or 0)
    end
    if sum < cards(PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, ASIDE, KEYED) + all_fresh() then
      count_type(counted, 1)
    end
  end

  local function list_failure(field, failure)
    local sequence = field
    if not string.match(field, '^%d+$') then
      sequence = int(free_number(tonumber(redis.call('HGET', META, 'published')) or 0))
      redis.call('HDEL', FAILED_EVENTS, field)
      redis.call('HSET', FAILED_EVENTS, sequence, failure)
    end
    redis.call('ZADD', FAILED, 'NX', sequence, sequence)
    redis.call('ZADD', FAILED_TIMES, 'NX', string.match(failure, '^(%-?%d+) ') or int(now), sequence)
  end

  -- If all pending events are set aside, the events behind the other counts were lost.
  local function forget_types()
    if cards(PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, KEYED) + all_fresh() == 0 then
      for _, counted in ipairs(redis.call('HKEYS', TYPES)) do
        -- A count without a name is that of the other types, which are not told apart.
        local name = string.match(counted, '^[^ ]*:([^ :]+)')
        local left = name and redis.call('ZLEXCOUNT', ASIDE_TYPES, '[' .. name .. ' ', '(' .. name .. '!')
          or cards(ASIDE)
        if left == 0 then
          redis.call('HDEL', TYPES, counted)
        end
      end
    end
  end

  -- Returns whether nothing is left to do for now.
  local function repair()
    latest_number(redis.call('HGET', META, 'published'))
    forget_types()
    local failures, listed, timed =
      redis.call('HLEN', FAILED_EVENTS), cards(FAILED), cards(FAILED_TIMES)
    if redis.call('HLEN', LEASES) > cards(LEASED) then
      return step(LEASES, 'leases', list_lease)
    elseif redis.call('HLEN', EVENTS) > all_fresh()
      + cards(PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, ASIDE, KEYED, DELAYED, LEASED) then
      return step(EVENTS, 'events', list_event)
    elseif failures > math.min(listed, timed) then
      return step(FAILED_EVENTS, 'failures', list_failure)
    elseif failures == 0 and listed + timed > 0 then
      redis.call('ZREMRANGEBYRANK', FAILED, 0, UNLISTED - 1)
      redis.call('ZREMRANGEBYRANK', FAILED_TIMES, 0, UNLISTED - 1)
      return math.max(listed, timed) <= UNLISTED
    end
    return true
  end

  if not is_charged and cards(KEYED, FLOWS) > 0 then
    redis.call('HSET', META, 'charged', 1)
  end
  if not repair() then
    return now
  end
  redis.call('HSET', META, 'looked', int(now))
  return now + LOOK_AFTER
end
