-- The leases that end first.
--
-- KEYS meta events leased leases
-- ARGV max
-- REPLY [token, id, attempt, taken at, expires at, worker, record]…
-- COST O(1) for each lease returned

local META, EVENTS, LEASED, LEASES = unpack(KEYS)
local max = unpack(ARGV)
-- @include basics
-- @include leases
-- @include known

local answer = {}
local leased = redis.call('ZRANGE', LEASED, 0, max - 1, 'WITHSCORES')
for i = 1, #leased, 2 do
  local lease = parse_lease(redis.call('HGET', LEASES, leased[i]))
  for _, value in ipairs({ leased[i], lease.id, lease.attempt, lease.taken, tonumber(leased[i + 1]),
    lease.worker, redis.call('HGET', EVENTS, lease.id) }) do
    answer[#answer + 1] = value
  end
end
return answer
