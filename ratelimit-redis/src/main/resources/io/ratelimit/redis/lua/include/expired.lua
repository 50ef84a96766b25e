-- Ends the wait of events that have expired.
-- Needs META, EVENTS, ATTEMPTS, now and the includes basics, failures, returned and terms.

-- Ends the wait of an event that was withdrawn.
local function expire(id, record, terms, attempts)
  if string.find(terms, '!f', 1, true) then
    note_return('f' .. add_failure(id, record, attempts, 'expired', now))
  else
    count('discarded', 1)
  end
  termed().forget(id, terms)
  redis.call('HDEL', EVENTS, id)
  redis.call('HDEL', ATTEMPTS, id, '\1' .. id)
  count('lapsed', 1)
end
