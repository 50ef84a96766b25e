-- Returns the leases that expire first, after skipping `after` of them: a bounded number of bytes, or one.
--
-- KEYS meta events leased leases
-- ARGV after max
-- REPLY 1 if there may be more or 0, [token, id, attempt, taken at, expires at, worker, record]…
-- COST O(1) for each lease returned

local META, EVENTS, LEASED, LEASES = unpack(KEYS)
local after, max = unpack(ARGV)
-- @include basics
-- @include leases
-- @include known
-- @include page

local leased = redis.call('ZRANGE', LEASED, after, after + max - 1, 'WITHSCORES')
for i = 1, #leased, 2 do
  local lease = parse_lease(redis.call('HGET', LEASES, leased[i]))
    or { id = '', attempt = 0, taken = 0, worker = '' }
  local record = redis.call('HGET', EVENTS, lease.id)
  if not add_row(record, leased[i], lease.id, lease.attempt, lease.taken, tonumber(leased[i + 1]),
    lease.worker, record or '') then
    break
  end
end
return page
