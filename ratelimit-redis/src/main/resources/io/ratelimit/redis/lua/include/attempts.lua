-- How many attempts at an event have ended.

local MOST_ATTEMPTS = 100000

local function attempts_of(text)
  return math.max(0, math.min(math.floor(tonumber(text or 0) or 0), MOST_ATTEMPTS))
end
