-- Wakes as many of the clients that wait for events of a type as there are events; all of them if other
-- events may start, too.
--   waiting  sorted set by when (µs): the clients whose last take found nothing, each with a space and
--            the names of the types that it took, separated by spaces, unless it took all
-- Needs WAITING and the include wake.

local MOST_WOKEN = 20
local MOST_LOOKED_AT = 50

-- Those who wait for some types only are told of `name`; none: of events of several types. All are woken
-- if fewer wait than there are events: others may have room as well. (In a Cluster those who listen at
-- another node are not seen to have heard.) With `is_behind` other events wait already, and only those
-- are woken who may not want these.
local function wake_for(events, name, channel, client, is_for_others, is_behind)
  local woken = 0
  local waiters = events <= MOST_WOKEN and not is_for_others
    and redis.call('ZREVRANGE', WAITING, 0, MOST_LOOKED_AT - 1) or {}
  for _, waiter in ipairs(waiters) do
    if woken == events then
      break
    end
    local other, names = string.match(waiter, '^(%S+)(.*)$')
    local wants = names == ''
    if is_behind or not wants then
      wants = names ~= '' and (name and string.find(names .. ' ', ' ' .. name .. ' ', 1, true)
        or (is_behind and not name))
    end
    if wants then
      redis.call('ZREM', WAITING, waiter)
      -- The client itself is told by itself.
      local heard = other == client and 1 or redis.pcall('PUBLISH', channel .. ':' .. other, client)
      if type(heard) == 'number' and heard > 0 then
        woken = woken + 1
      end
    end
  end
  if woken < events and not is_behind then
    wake(channel, client)
  end
end

-- The name in a type as records have it, or nil.
local function name_of_type(type_key)
  return type_key and string.match(type_key, '([^:]+)$')
end
