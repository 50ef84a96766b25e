-- Keeps the record of a round, replacing an earlier one with its id, and forgets the oldest: those
-- that ended too long before the newest, and those beyond the number of bytes. All are members of one
-- key, so that nothing can be lost separately: a record by the time at which its round ended, "i" and
-- its id by the negative of that time, and at zero the number of bytes.
--
-- KEYS meta rounds
-- ARGV ended id record most_bytes oldest
-- REPLY how many records were forgotten
-- COST O(log n), and for each record that is forgotten, at most 100 of them

local META, ROUNDS = unpack(KEYS)
local ended, id, record, most_bytes, oldest = unpack(ARGV)
-- @include basics

-- The approximate overhead of a record in Redis.
local OVERHEAD = 250
local MOST_AT_ONCE = 100
-- The most records to count again if the number of bytes is lost.
local MOST_COUNTED = 1000

ended = whole('ended', ended, 1, FAR)
most_bytes = whole('most_bytes', most_bytes, 1, FAR)
oldest = whole('oldest', oldest, 1, FAR)
if string.sub(record, 1, 1) ~= '{' then
  error('ARGUMENT record must begin with {', 0)
end

keep_types('ZCARD', ROUNDS)

local function size(each)
  return #each + OVERHEAD
end

-- Returns the number of bytes; if it was lost, keeps only the newest records, and counts them.
local function counted()
  local known = redis.call('ZRANGEBYSCORE', ROUNDS, 0, 0)
  local bytes = #known == 1 and string.match(known[1], '^%d+$') and tonumber(known[1])
  if bytes then
    return bytes
  end
  redis.call('ZREMRANGEBYSCORE', ROUNDS, 0, 0)
  local newest = redis.call('ZREVRANGEBYSCORE', ROUNDS, '+inf', '(0', 'WITHSCORES', 'LIMIT', 0, MOST_COUNTED)
  if #newest == 0 then
    redis.call('UNLINK', ROUNDS)
    return 0
  end
  local from = newest[#newest]
  redis.call('ZREMRANGEBYSCORE', ROUNDS, '(0', '(' .. from)
  redis.call('ZREMRANGEBYSCORE', ROUNDS, '(-' .. from, '(0')
  bytes = 0
  for i = 1, #newest, 2 do
    bytes = bytes + size(newest[i])
  end
  return bytes
end

local before = counted()
local bytes = before

local function id_of(each)
  return string.match(each, '^{"v":%d+,"id":"([^"]*)"')
end

local function forget(each, its_id)
  redis.call('ZREM', ROUNDS, each)
  if its_id then
    redis.call('ZREM', ROUNDS, 'i' .. its_id)
  end
  bytes = math.max(0, bytes - size(each))
end

-- The record that this one replaces.
local earlier = redis.call('ZSCORE', ROUNDS, 'i' .. id)
if earlier then
  local at = string.match(earlier, '^%-(.*)$') or earlier
  for _, each in ipairs(redis.call('ZRANGEBYSCORE', ROUNDS, at, at)) do
    if id_of(each) == id then
      forget(each, id)
    end
  end
end

-- Frees memory before it writes, which a full Redis allows.
local newest = redis.call('ZREVRANGEBYSCORE', ROUNDS, '+inf', '(0', 'WITHSCORES', 'LIMIT', 0, 1)[2]
local time = redis.call('TIME')
-- A record far ahead of the clock must not age the others.
local latest = math.min(math.max(ended, tonumber(newest or ended)), (time[1] + 86400) * 1000000)
local forgotten = 0
local too_old = ended < latest - oldest
for _ = 1, MOST_AT_ONCE do
  local first = redis.call('ZRANGEBYSCORE', ROUNDS, '(0', '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  if not first[1]
    or not (bytes + size(record) > most_bytes or tonumber(first[2]) < latest - oldest) then
    break
  end
  if bytes + size(record) > most_bytes and tonumber(first[2]) > ended then
    -- It is the oldest itself.
    too_old = true
    break
  end
  forget(first[1], id_of(first[1]))
  forgotten = forgotten + 1
end

if too_old then
  forgotten = forgotten + 1
else
  redis.call('ZADD', ROUNDS, int(ended), record, '-' .. int(ended), 'i' .. id)
  bytes = bytes + size(record)
end
if bytes > 0 then
  redis.call('ZREMRANGEBYSCORE', ROUNDS, 0, 0)
  redis.call('ZADD', ROUNDS, 0, int(bytes))
elseif before > 0 then
  redis.call('UNLINK', ROUNDS)
end
return { forgotten }
