-- The failed queue: indexes by sequence and by time, and the content "failedAt attempts idLength
-- reasonLength " and then id, reason and record.
-- Needs FAILED, FAILED_TIMES, FAILED_EVENTS, ATTEMPTS, META and the include basics.

local UNREADABLE = 'the record cannot be read'
-- Returns a number for an event whose own is unreadable or names another failure: one that was given
-- and is free, or a new one.
local function free_number(published)
  for number = published, math.max(1, published - 1000), -1 do
    if not redis.call('ZSCORE', FAILED, int(number)) then
      return number
    end
  end
  count('published', 1)
  return published + 1
end

-- Returns the sequence of the failure.
local function add_failure(id, record, attempts, reason, failed_at)
  local sequence = tonumber(string.match(record, '^(%d+) '))
  local published = tonumber(redis.call('HGET', META, 'published')) or 0
  if not sequence or sequence > published or redis.call('ZSCORE', FAILED, int(sequence)) then
    sequence = free_number(published)
  end
  sequence = int(sequence)
  redis.call('ZADD', FAILED, sequence, sequence)
  redis.call('ZADD', FAILED_TIMES, failed_at, sequence)
  redis.call('HSET', FAILED_EVENTS, sequence,
    int(failed_at) .. ' ' .. int(attempts) .. ' ' .. #id .. ' ' .. #reason .. ' ' .. id .. reason .. record)
  local past = attempts > 0 and redis.call('HGET', ATTEMPTS, '\1' .. id)
  if past then
    redis.call('HSET', ATTEMPTS, '\2' .. sequence, int(failed_at) .. ' ' .. past)
  end
  count('given_up', 1)
  return sequence
end

-- Removes a failure; returns whether it was there.
local function remove_failure(sequence)
  redis.call('ZREM', FAILED_TIMES, sequence)
  redis.call('HDEL', FAILED_EVENTS, sequence)
  redis.call('HDEL', ATTEMPTS, '\2' .. sequence)
  return redis.call('ZREM', FAILED, sequence) == 1
end

-- Discards some failures older than the age limit; 0 means no limit.
local function expire_failures(age_limit, at)
  if age_limit > 0 then
    local old = redis.call('ZRANGEBYSCORE', FAILED_TIMES, '-inf', int(at - age_limit), 'LIMIT', 0, 10)
    for _, sequence in ipairs(old) do
      remove_failure(sequence)
    end
    if #old > 0 then
      count('discarded', #old)
    end
  end
end
