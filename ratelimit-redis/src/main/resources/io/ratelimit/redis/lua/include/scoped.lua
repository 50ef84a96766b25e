-- What the queues of a scope share: the keys of named limits, and SCOPE; without a scope they are keys
-- of the queue alone, and SCOPE is META. Among what is in flight, "key|id", the id is "queue/id" in a
-- scope, where there also are
--   "?key|queue"   somebody's events wait for the key
--   "<queue|key"   and are to be looked at, as that may be over
-- Needs META, LIMITS_HELD.

local tag, owner = string.match(META, '^({[^}]*}/)([^/]*)/')

local function held_member(key, id)
  return key .. '|' .. (owner and owner .. '/' .. id or id)
end

local function wake_scope()
  redis.pcall('PUBLISH', tag .. 'changes', '')
end

-- Tells the other queues of the scope that a key may have opened, if they wait for it.
local function tell_scope(key)
  local others = owner
    and redis.call('ZRANGEBYLEX', LIMITS_HELD, '[?' .. key .. '|', '(?' .. key .. '}') or {}
  local is_told = false
  for _, member in ipairs(others) do
    local other = string.sub(member, #key + 3)
    redis.call('ZREM', LIMITS_HELD, member)
    if other ~= owner then
      redis.call('ZADD', LIMITS_HELD, 0, '<' .. other .. '|' .. key)
      is_told = true
    end
  end
  if is_told then
    wake_scope()
  end
end
