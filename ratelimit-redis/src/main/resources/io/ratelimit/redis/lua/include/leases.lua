-- Leases: a sorted set of tokens by expiry, and their content "takenAt attempt idLength " and then
-- id and worker.
-- Needs LEASED, LEASES.

local function parse_lease(lease)
  local taken, attempt, length, rest = string.match(lease, '^(%-?%d+) (%d+) (%d+) (.*)$')
  length = tonumber(length)
  return {
    taken = tonumber(taken),
    attempt = tonumber(attempt),
    id = string.sub(rest, 1, length),
    worker = string.sub(rest, length + 1),
  }
end

-- Whether this token is the one that holds this event.
local function holds(token, id)
  local lease = redis.call('HGET', LEASES, token)
  return lease and parse_lease(lease).id == id
end

local function end_lease(token)
  redis.call('ZREM', LEASED, token)
  redis.call('HDEL', LEASES, token)
end
