-- Discards up to `max` events that nobody processes now: of those that wait and of those that
-- failed, as the scope says. Only events published up to `bound` count, so that a client which
-- calls again until nothing is left does not chase its publishers; '': all until now.
--
-- KEYS meta pending:high pending:normal pending:low types events attempts delayed failed failed:times failed:events
-- ARGV scope max bound
-- REPLY bound, pending discarded, delayed discarded, failed discarded, 1 if there may be more
-- COST O(log n) for each event discarded

local META, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS, ATTEMPTS, DELAYED, FAILED,
  FAILED_TIMES, FAILED_EVENTS = unpack(KEYS)
local scope, max, bound = unpack(ARGV)
-- @include basics
-- @include events
-- @include failures

local m = redis.call('HMGET', META, 'format', 'published')
local refused = refusal(m[1])
if refused then
  return refused
end
local room = tonumber(max)
bound = bound == '' and int(tonumber(m[2]) or FAR) or bound

local function discard(id)
  redis.call('HDEL', EVENTS, id)
  redis.call('HDEL', ATTEMPTS, id)
end

local pending, delayed, failed = 0, 0, 0
if scope ~= 'FAILED' then
  for _, key in pairs(PENDING) do
    local ids = redis.call('ZRANGEBYSCORE', key, '-inf', bound, 'LIMIT', 0, room)
    for _, id in ipairs(ids) do
      local _, _, weight, type_key = parse_record(redis.call('HGET', EVENTS, id))
      redis.call('ZREM', key, id)
      count_type(counted_as(type_key, weight), -1)
      discard(id)
    end
    pending = pending + #ids
    room = room - #ids
  end
  if room > 0 then
    local ids = redis.call('ZRANGE', DELAYED, 0, room - 1)
    for _, id in ipairs(ids) do
      redis.call('ZREM', DELAYED, id)
      discard(id)
    end
    delayed = #ids
    room = room - delayed
  end
end
if scope ~= 'PENDING' then
  local sequences = redis.call('ZRANGEBYSCORE', FAILED, '-inf', bound, 'LIMIT', 0, room)
  for _, sequence in ipairs(sequences) do
    remove_failure(sequence)
  end
  failed = #sequences
  room = room - failed
end
local total = pending + delayed + failed
if total > 0 then
  redis.call('HINCRBY', META, 'discarded', total)
end
return { tonumber(bound), pending, delayed, failed, room == 0 and 1 or 0 }
