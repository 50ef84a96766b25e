-- During a `clear` of several steps, events that return to where it looks are noted, so that they
-- stay. A note is 'e' and the id of an event that waits again, or 'f' and the sequence of one that
-- failed; its value is the number of the latest clear.
-- Needs META, RETURNED and the include basics.

local function note_return(note)
  local m = redis.call('HMGET', META, 'clearing', 'now', 'clears')
  if not m[1] then
    return
  end
  if (tonumber(m[2]) or NEVER) <= (tonumber(m[1]) or NEVER) then
    redis.call('HSET', RETURNED, note, m[3] or '0')
  else
    -- The clear has ended, or was abandoned.
    redis.call('UNLINK', RETURNED)
    redis.call('HDEL', META, 'clearing')
  end
end
