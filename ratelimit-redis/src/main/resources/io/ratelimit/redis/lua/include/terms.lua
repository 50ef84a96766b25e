-- What the terms of a publication leave to do while an event waits. They follow the charges in a
-- record, and the attempt in a lease: "!d" or "!f" and when the event expires, and is discarded or
-- fails then.
--   expiring  sorted set of the ids that wait, by when they expire
-- Needs META, EXPIRING and the include basics.

local function expires_at(terms)
  return tonumber(string.match(terms, '![df](%-?%d+)'))
end

-- The event waits, for its start or again.
local function begin_wait(id, terms)
  local at = expires_at(terms)
  if at then
    redis.call('ZADD', EXPIRING, int(at), id)
    local due = tonumber(redis.call('HGET', META, 'due'))
    if due and at < due then
      redis.call('HSET', META, 'due', int(at))
    end
  end
end

local function end_wait(id, terms)
  if terms ~= '' then
    redis.call('ZREM', EXPIRING, id)
  end
end
