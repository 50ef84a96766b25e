-- What became of attempts at an event that did not get it done, the latest first: "attempt takenAt
-- endedAt length:reason" for each. In the hash of attempts under "\1" and the id, with which no id
-- begins, while the event is unfinished; under "\2" and its sequence, and behind the time at which it
-- was given up, once it failed.
-- Needs ATTEMPTS and the include basics.

-- The lease's attempt ended; of those before, the latest stay.
local function note_attempt(id, lease, ended_at, reason)
  local MOST_KEPT = 10
  local past = redis.call('HGET', ATTEMPTS, '\1' .. id) or ''
  -- It may be of another event, that had the id before.
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
