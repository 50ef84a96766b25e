-- The history of unsuccessful attempts at an event, the latest first: "attempt takenAt endedAt
-- length:reason" for each. It is in the hash of attempts: under "\1" (with which no id begins) and the
-- id while the event is unfinished; once it failed, under "\2" and its sequence, after the time at
-- which it was given up.
-- Needs ATTEMPTS and the include basics.

-- Notes the end of the lease's attempt; of earlier ones, the latest stay.
local function note_attempt(id, lease, ended_at, reason)
  local MOST_KEPT = 10
  local past = redis.call('HGET', ATTEMPTS, '\1' .. id) or ''
  -- The history may belong to an earlier event with the same id.
  if (tonumber(string.match(past, '^%d+ ')) or 0) >= lease.attempt then
    past = ''
  end
  local kept, after = 1, 1
  while kept < MOST_KEPT do
    local length, start = string.match(past, '^%d+ %-?%d+ %-?%d+ (%d+):()', after)
    if not length or start + length > #past + 1 then
      break
    end
    kept, after = kept + 1, start + length
  end
  redis.call('HSET', ATTEMPTS, '\1' .. id, int(lease.attempt) .. ' ' .. int(lease.taken) .. ' '
    .. int(ended_at) .. ' ' .. #reason .. ':' .. reason .. string.sub(past, 1, after - 1))
end
