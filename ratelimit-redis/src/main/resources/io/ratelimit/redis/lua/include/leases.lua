-- Leases: a sorted set of tokens by expiry, and their content "takenAt attempt idLength type " and then id
-- and worker. The type is that of the event's record. Then come the costs of the attempt that differ from
-- the reserved ones, "!c" and ",name:cost" for each limit, '' for the queue's own; then the terms of the
-- event; and then the keys under which the attempt is in flight, "/key" for each.
-- Needs LEASED, LEASES.

-- How the last lease began, up to its id, and what that means: the leases of one take begin alike.
local opening, opened

local function parse_opening(lease)
  local held = ''
  local taken, attempt, length, type_key, start =
    string.match(lease, '^(%-?%d+) (%d+) (%d+) (%S+) ()')
  if not taken then
    taken, attempt, held, length, type_key, start =
      string.match(lease, '^(%-?%d+) (%d+)([/!]%S+) (%d+) (%S+) ()')
  end
  if not taken or #taken > 17 or #attempt > 6 then
    return false
  end
  opening = string.sub(lease, 1, start - 1)
  opened = { taken = tonumber(taken), attempt = tonumber(attempt), held = held, type_key = type_key, start = start,
    after = start + length }
  return true
end

-- Returns nil if there is no lease or it has another form.
local function parse_lease(lease)
  lease = lease or ''
  if not (opening and string.find(lease, opening, 1, true) == 1) and not parse_opening(lease) then
    return nil
  end
  local worker = opened.after
  if worker > #lease + 1 then
    return nil
  end
  return {
    taken = opened.taken,
    attempt = opened.attempt,
    held = opened.held,
    type_key = opened.type_key,
    id = string.sub(lease, opened.start, worker - 1),
    worker = string.sub(lease, worker),
  }
end

local function end_lease(token)
  redis.call('ZREM', LEASED, token)
  redis.call('HDEL', LEASES, token)
end
