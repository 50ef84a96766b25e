-- Finds attempts in flight again after their record was lost, and removes those whose end went unnoticed.
-- While all of them are known, limits:held has the member "#", or in a scope "#queue" for each queue,
-- because each queue knows only its own.
-- Needs META, EVENTS, ATTEMPTS, DELAYED, LEASES, PENDING, KEYED, LINES, LIMITS_HELD and the includes basics,
-- events, leases, leased, named, keystates, scoped and freed.

do
  local MOST_RECALLED = 1000
  local MOST_CHECKED = 20
  local MARK = '#' .. (owner or '')

  local function hold(key, id, if_retries_do)
    local named = named_limit(name_of_key(key))
    if named and named.most and (named.holds or not if_retries_do) then
      redis.call('ZADD', LIMITS_HELD, 0, held_member(key, id))
    end
  end

  local recall = {
    leases = function(_, lease)
      lease = parse_lease(lease)
      for key in string.gmatch(lease and lease.held or '', '/([^:/]+)') do
        hold(key, lease.id)
      end
    end,
    -- An event that waits for a retry has had an attempt.
    attempts = function(id)
      local record = redis.call('ZSCORE', DELAYED, id) and redis.call('HGET', EVENTS, id)
      local _, _, _, _, _, _, charges = parse_record(record)
      for key in string.gmatch(charges or '', '/([^:/]+):') do
        hold(key, id, true)
      end
    end,
  }

  -- Finds some of the lost attempts in flight again; returns whether all are known. Until then, nothing
  -- starts that could exceed a limit. Afterwards, no line stays closed for an attempt whose end went
  -- unnoticed.
  function N.recall_held(flows)
    if redis.call('ZSCORE', LIMITS_HELD, MARK) then
      return true
    end
    write_even_if_full()
    local what, cursor = string.match(redis.call('HGET', META, 'recall') or '', '^(%l+) (.*)$')
    if what ~= 'lines' and not (recall[what] and string.match(cursor, '^%d+$') and #cursor <= 15) then
      what, cursor = 'leases', '0'
    end
    local left = MOST_RECALLED
    while left > 0 and what ~= 'lines' do
      local key = what == 'leases' and LEASES or ATTEMPTS
      local found = redis.call('HSCAN', key, cursor, 'COUNT', left)
      for i = 1, #found[2], 2 do
        recall[what](found[2][i], found[2][i + 1])
      end
      left, cursor = left - math.max(#found[2] / 2, 100), found[1]
      if cursor == '0' then
        what, cursor = what == 'leases' and 'attempts' or 'lines', what == 'leases' and '0' or ''
      end
    end
    if what == 'lines' and left > 0 then
      cursor = flows.mend(string.match(cursor, '^%[.*}$') or '', left, true)
      if cursor == '' then
        redis.call('ZADD', LIMITS_HELD, 0, MARK)
        redis.call('HDEL', META, 'recall')
        return true
      end
    end
    redis.call('HSET', META, 'recall', what .. ' ' .. cursor)
    return false
  end

  local function is_pending(id)
    for _, key in ipairs({ KEYED, PENDING['0'], PENDING['1'], PENDING['2'] }) do
      if redis.call('ZSCORE', key, id) then
        return true
      end
    end
    return false
  end

  -- With more leases than this, any event may be leased: a call does not read them all.
  local MOST_LEASES = 10000
  local function may_be_leased(id)
    return redis.call('HLEN', LEASES) > MOST_LEASES or is_leased(id)
  end

  -- Returns whether events of this queue wait for a key.
  local function is_awaited(key)
    return #redis.call('ZRANGEBYLEX', LINES, '[' .. key .. '|', '(' .. key .. '}', 'LIMIT', 0, 1) > 0
  end

  -- Examines some members from a position. Removes attempts whose event waits for its start, or neither
  -- exists nor is leased; pauses that have ended; and keys for which no event of this queue waits any more.
  -- Returns the next position, '' at the end.
  function N.check_held(from)
    local members =
      redis.call('ZRANGEBYLEX', LIMITS_HELD, from == '' and '-' or '(' .. from, '+', 'LIMIT', 0, MOST_CHECKED)
    for _, member in ipairs(members) do
      local key, id = string.match(member, '^([^!#?<|][^|]*)|(.*)$')
      if key and owner then
        -- Other queues examine their own attempts.
        local whose, rest = string.match(id, '^([^/]*)/(.*)$')
        key, id = whose == owner and key, rest
      end
      local ends = tonumber(string.match(member, '^!.*|(%d+)$'))
      local awaited, by = string.match(member, '^%?(.*)|([^|]*)$')
      if (ends and ends <= now) or (awaited and by == owner and not is_awaited(awaited)) then
        redis.call('ZREM', LIMITS_HELD, member)
      elseif key and (is_pending(id)
        or (redis.call('HEXISTS', EVENTS, id) == 0 and not may_be_leased(id))) then
        free(id, '/' .. key)
      end
    end
    return #members == MOST_CHECKED and members[#members] or ''
  end
end
