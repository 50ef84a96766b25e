-- What remains to be done of a publication's terms. The text follows the charges in a record, and the
-- attempt in a lease: "!d" or "!f" and the time when the event expires, and then is discarded or fails;
-- "!l" and the event's key, if only the latest event of that key matters; "!r" and how long the id remains
-- a duplicate after the event is done.
--   expiring  sorted set of the ids that wait, by when they expire
--   latest    hash of keys → id of the latest unfinished event
-- Needs META, EVENTS, ATTEMPTS, EXPIRING, LATEST and the include basics.

-- The functions, created on first use: most calls need none. They take terms, or everything after the
-- attempt in a lease.
local termed
do
  local parts

  local function open()
    local T = {}
    keep_types('ZCARD', EXPIRING)
    keep_types('HLEN', LATEST)

    function T.key_of(terms)
      return string.match(terms, '!l([^!/]*)')
    end

    function T.expires_at(terms)
      return tonumber(string.match(terms, '![df](%-?%d+)'))
    end

    function T.remembered_for(terms)
      return tonumber(string.match(terms, '!r(%d+)'))
    end

    -- Begins an event's wait, for its first start or a later one.
    function T.begin_wait(id, terms)
      local key, at = T.key_of(terms), T.expires_at(terms)
      if key then
        redis.call('HSETNX', LATEST, key, id)
      end
      if at then
        redis.call('ZADD', EXPIRING, int(at), id)
        local due = tonumber(redis.call('HGET', META, 'due'))
        if due and at < due then
          redis.call('HSET', META, 'due', int(at))
        end
      end
    end

    function T.end_wait(id, terms)
      if T.expires_at(terms) then
        redis.call('ZREM', EXPIRING, id)
      end
    end

    -- Returns whether a later event of its key is unfinished.
    function T.is_outdated(id, terms)
      local key = T.key_of(terms)
      local latest = key and redis.call('HGET', LATEST, key)
      return latest and latest ~= id and redis.call('HEXISTS', EVENTS, latest) == 1
    end

    -- Forgets the key of an event that is gone.
    function T.forget_key(id, terms)
      local key = T.key_of(terms)
      if key and redis.call('HGET', LATEST, key) == id then
        redis.call('HDEL', LATEST, key)
      end
    end

    function T.forget(id, terms)
      T.end_wait(id, terms)
      T.forget_key(id, terms)
    end

    -- Discards an event that a later one of its key has replaced, and that is not pending or delayed.
    function T.drop(id)
      redis.call('HDEL', EVENTS, id)
      redis.call('HDEL', ATTEMPTS, id, '\1' .. id)
      count('discarded', 1)
      count('replaced', 1)
    end

    return T
  end

  function termed()
    parts = parts or open()
    return parts
  end
end

-- Returns whether the text after the attempt in a lease has terms.
local function has_terms(held)
  return held ~= '' and string.find(held, '!', 1, true)
end
