-- Wakes as many of the clients that wait for events of a type as there are events, or all of them if other
-- events may start, too.
--   waiting  sorted set of clients whose last take found nothing, by the time of that take (µs): each with
--            a space and the names of the types that it takes, separated by spaces, unless it takes all
-- Needs WAITING and the include wake.

local MOST_WOKEN = 20
local MOST_LOOKED_AT = 50

-- `name` is the type of the events, or nil if there are several; it selects among the clients that wait for
-- some types only. If fewer clients wait than there are events, wakes all, since others may have room as
-- well. (In a Cluster, clients that listen at another node are not seen to have heard.) With `is_behind`,
-- other events wait already, and only clients that may not want those are woken.
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
      -- The client tells itself.
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

-- Returns the name in a type as records have it, or nil.
local function name_of_type(type_key)
  return type_key and string.match(type_key, '([^:]+)$')
end
