-- Returns the number of ended attempts at an event; the stored number may be damaged.

local function attempts_of(text)
  local attempts = tonumber(text or 0)
  if attempts and attempts >= 0 and attempts < 100000 then
    return attempts
  end
  return attempts and attempts > 0 and 100000 or 0
end
