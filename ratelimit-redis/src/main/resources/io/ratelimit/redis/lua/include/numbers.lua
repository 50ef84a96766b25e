-- The numbers of events.
-- Needs META, FAILED and the includes basics, events, fresh and aside.

-- Returns the latest number in META. If it is lost, no number in use is given again, and missing
-- events count as done.
local function latest_number(published)
  if tonumber(published) then
    return tonumber(published)
  end
  local there = redis.call('HLEN', EVENTS) + redis.call('ZCARD', FAILED)
  local number = there
  for _, key in ipairs({ PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, FAILED }) do
    local last = redis.call('ZREVRANGEBYSCORE', key, FAR, '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
    number = math.max(number, math.ceil(tonumber(last[2] or 0)))
  end
  for priority = 0, 2 do
    local key = FRESH[int(priority)]
    local fresh = redis.call('LINDEX', key, -1)
    number = math.max(number, fresh and parse_fresh(fresh) or 0)
    local last = redis.call('ZREVRANGEBYSCORE', ASIDE, int(aside_score(priority, SPAN - 1)),
      int(aside_score(priority, 0)), 'WITHSCORES', 'LIMIT', 0, 1)
    number = math.max(number, (tonumber(last[2]) or 0) % SPAN)
  end
  if number > 0 then
    redis.call('HDEL', META, 'discarded')
    redis.call('HSET', META, 'published', int(number), 'done', int(number - there))
  end
  return number
end
