-- Leases: a sorted set of tokens by expiry, and their content "takenAt attempt idLength type " and
-- then id and worker. The type is that of the event's record.
-- Needs LEASED, LEASES.

local function parse_lease(lease)
  local taken, attempt, length, type_key, start =
    string.match(lease, '^(%-?%d+) (%d+) (%d+) (%S+) ()')
  local worker = start + length
  return {
    taken = tonumber(taken),
    attempt = tonumber(attempt),
    type_key = type_key,
    id = string.sub(lease, start, worker - 1),
    worker = string.sub(lease, worker),
  }
end

-- Which event a lease holds.
local function leased_id(lease)
  local length, start = string.match(lease, '^%-?%d+ %d+ (%d+) %S+ ()')
  return string.sub(lease, start, start + length - 1)
end

-- Which attempt at its event it is.
local function leased_attempt(lease)
  return tonumber(string.match(lease, '^%-?%d+ (%d+) '))
end

local function end_lease(token)
  redis.call('ZREM', LEASED, token)
  redis.call('HDEL', LEASES, token)
end
