-- Returns retained done events, newest first, after skipping `after` of them: a bounded number of
-- bytes, or one event.
--
-- KEYS meta done
-- ARGV after max
-- REPLY 1 if there may be more or 0, ["doneAt attempts idLength " and then id and record]…
-- COST O(1) for each event returned, and O(after)

local META, DONE = unpack(KEYS)
local after, max = unpack(ARGV)
-- @include basics
-- @include known
-- @include page

local AT_ONCE = 4

for from = tonumber(after), after + max - 1, AT_ONCE do
  local entries = redis.call('LRANGE', DONE, from, math.min(from + AT_ONCE, after + max) - 1)
  for _, entry in ipairs(entries) do
    if not add_row(entry, entry) then
      return page
    end
  end
  if #entries == 0 then
    break
  end
end
return page
