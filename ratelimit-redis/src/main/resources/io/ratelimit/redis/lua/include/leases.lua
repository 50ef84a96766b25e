-- Leases: a sorted set of tokens by expiry, and their content "takenAt attempt idLength type " and
-- then id and worker. The type is that of the event's record. What the attempt cost otherwise than was
-- reserved follows it, "!c" and then ",name:cost" for each limit, '' for the queue's own; then its terms,
-- and then the keys under which it is in flight: "/key" for each.
-- Needs LEASED, LEASES.

-- nil if there is no lease or it has another form.
local function parse_lease(lease)
  lease = lease or ''
  local held = ''
  local taken, attempt, length, type_key, start =
    string.match(lease, '^(%-?%d+) (%d+) (%d+) (%S+) ()')
  if not taken then
    taken, attempt, held, length, type_key, start =
      string.match(lease, '^(%-?%d+) (%d+)([/!]%S+) (%d+) (%S+) ()')
  end
  local worker = start and start + length
  if not worker or worker > #lease + 1 or #taken > 17 or #attempt > 6 then
    return nil
  end
  return {
    taken = tonumber(taken),
    attempt = tonumber(attempt),
    held = held,
    type_key = type_key,
    id = string.sub(lease, start, worker - 1),
    worker = string.sub(lease, worker),
  }
end

local function end_lease(token)
  redis.call('ZREM', LEASED, token)
  redis.call('HDEL', LEASES, token)
end
