-- The failed queue: by sequence, by time, and the content "failedAt attempts idLength reasonLength "
-- and then id, reason and record.
-- Needs FAILED, FAILED_TIMES, FAILED_EVENTS, META and the include basics.

local function add_failure(id, record, attempts, reason, failed_at)
  local sequence = string.match(record, '^(%d+) ')
  redis.call('ZADD', FAILED, sequence, sequence)
  redis.call('ZADD', FAILED_TIMES, failed_at, sequence)
  redis.call('HSET', FAILED_EVENTS, sequence,
    int(failed_at) .. ' ' .. int(attempts) .. ' ' .. #id .. ' ' .. #reason .. ' ' .. id .. reason .. record)
  redis.call('HINCRBY', META, 'given_up', 1)
end

-- Returns whether there was one.
local function remove_failure(sequence)
  redis.call('ZREM', FAILED_TIMES, sequence)
  redis.call('HDEL', FAILED_EVENTS, sequence)
  return redis.call('ZREM', FAILED, sequence) == 1
end

-- Discards some failures that are older than the age limit; 0: there is none.
local function expire_failures(age_limit, at)
  age_limit = tonumber(age_limit)
  if age_limit > 0 then
    local old = redis.call('ZRANGEBYSCORE', FAILED_TIMES, '-inf', int(at - age_limit), 'LIMIT', 0, 10)
    for _, sequence in ipairs(old) do
      remove_failure(sequence)
    end
    if #old > 0 then
      redis.call('HINCRBY', META, 'discarded', #old)
    end
  end
end
