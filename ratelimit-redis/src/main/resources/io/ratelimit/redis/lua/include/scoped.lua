-- What the queues of a scope share: the keys of named limits, and SCOPE. Without a scope, these keys belong
-- to the queue alone, and SCOPE is META. In a scope, the id in a member "key|id" of the attempts in flight
-- is "queue/id", and there are two more members:
--   "?key|queue"   events of the queue wait for the key
--   "<queue|key"   the queue is to examine the lines of the key, which may have opened
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
