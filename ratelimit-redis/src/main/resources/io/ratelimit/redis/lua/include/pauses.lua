-- Paused keys, kept beside the attempts in flight: "!key|until" or "!key|inf".
-- Needs LIMITS_HELD and the include basics.

-- Returns until when a key is paused, FAR for until resumed, or nil; and its member.
local function pause_of(key)
  local member = redis.call('ZRANGEBYLEX', LIMITS_HELD, '[!' .. key .. '|', '(!' .. key .. '}', 'LIMIT', 0, 1)[1]
  return member and (tonumber(string.match(member, '|(%d+)$')) or FAR), member
end
