-- Which keys are paused: beside what is in flight, "!key|until", or "!key|inf".
-- Needs LIMITS_HELD and the include basics.

-- Until when a key is paused, FAR: until somebody resumes; or nil. Its member too.
local function pause_of(key)
  local member = redis.call('ZRANGEBYLEX', LIMITS_HELD, '[!' .. key .. '|', '(!' .. key .. '}', 'LIMIT', 0, 1)[1]
  return member and (tonumber(string.match(member, '|(%d+)$')) or FAR), member
end
