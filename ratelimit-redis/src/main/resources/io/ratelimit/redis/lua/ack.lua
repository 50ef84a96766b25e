-- Settles attempts that succeeded: their events are done. Keeps the `retain` last done events for
-- inspection, at most a bounded number of bytes from each call.
--
-- KEYS meta scope events attempts leased leases done observed limits:held lines closed expiring latest done:ids
-- ARGV given retain channel client [token id]…
-- REPLY for each lease 1, 2 if others waited for its end, or 0 if it no longer holds the event
-- COST O(log leases) for each event, and O(1) for each of their types

local META, SCOPE, EVENTS, ATTEMPTS, LEASED, LEASES, DONE, OBSERVED,
  LIMITS_HELD, LINES, CLOSED, EXPIRING, LATEST,
  DONE_IDS = unpack(KEYS)
local given, retain, channel, client = unpack(ARGV, 1, 4)
-- @include basics
-- @include clock
-- @include leases
-- @include observed

local m = redis.call('HMGET', META, 'format', 'now')
local refused = refusal(m[1])
if refused then
  return refused
end
retain = whole('retain', retain, 0, 100000)

-- There may be more than `retain`: another process may keep more. Removes a bounded number at a time,
-- because the events may be large.
local MAX_TRIMMED = 1000
local function trim_done(length)
  if length > retain then
    local keep = math.max(retain, length - #ARGV - MAX_TRIMMED)
    redis.call('LTRIM', DONE, keep == 0 and 1 or 0, keep == 0 and 0 or keep - 1)
  end
end

local asked = {}
for i = 5, #ARGV, 2 do
  asked[#asked + 1] = ARGV[i]
end
local leases = redis.call('HMGET', LEASES, unpack(asked))
local answer, tokens, ids, held, at, repeated, seen = {}, {}, {}, {}, {}, {}, {}
local is_any_charged = false
local found = 0
for n, token in ipairs(asked) do
  local id = ARGV[2 * n + 4]
  local lease = leases[n] and not seen[token] and parse_lease(leases[n])
  if lease and lease.id == id then
    found = found + 1
    answer[n] = 1
    tokens[found], ids[found], held[found], at[found] = token, id, lease, n
    is_any_charged = is_any_charged or lease.held ~= ''
    if lease.attempt > 1 then
      repeated[#repeated + 1] = id
      repeated[#repeated + 1] = '\1' .. id
    end
    seen[token] = true
  else
    answer[n] = 0
  end
end
if found == 0 then
  return answer
end

local now = clock(given, m[2])
local kept = {}
if retain > 0 then
  local done_at = int(now)
  local bytes = 0
  for n = math.max(1, #ids - retain + 1), #ids do
    local id = ids[n]
    local record = bytes < MOST_BYTES and redis.call('HGET', EVENTS, id)
    if record then
      kept[#kept + 1] = done_at .. ' ' .. held[n].attempt .. ' ' .. #id .. ' ' .. id .. record
      bytes = bytes + #record
    end
  end
end
-- Deletes first: a full memory allows that, and then the writes that follow.
redis.call('ZREM', LEASED, unpack(tokens))
redis.call('HDEL', LEASES, unpack(tokens))
local done = redis.call('HDEL', EVENTS, unpack(ids))
if #repeated > 0 then
  redis.call('HDEL', ATTEMPTS, unpack(repeated))
end
count('done', done)
if #kept > 0 then
  trim_done(redis.call('LPUSH', DONE, unpack(kept)))
else
  trim_done(redis.call('LLEN', DONE))
end
observe(held, now, false)
if is_any_charged then
-- @include scoped
-- @include freed
-- @include terms
-- @include wake
  -- Keeps the id as a duplicate for a while, and forgets some ids whose time is over.
  local function remember(id, window)
    if window then
      keep_types('ZCARD', DONE_IDS)
      redis.call('ZADD', DONE_IDS, int(now + window), id)
      local old = redis.call('ZRANGEBYSCORE', DONE_IDS, '-inf', int(now), 'LIMIT', 0, 10)
      if #old > 0 then
        redis.call('ZREM', DONE_IDS, unpack(old))
      end
    end
  end

  local is_freed = false
  for n, lease in ipairs(held) do
    if has_terms(lease.held) then
      termed().forget_key(ids[n], lease.held)
      remember(ids[n], termed().remembered_for(lease.held))
    end
    if free(ids[n], lease.held) then
      is_freed = true
      answer[at[n]] = 2
    end
  end
  if is_freed then
    wake(channel, client)
  end
end
return answer
