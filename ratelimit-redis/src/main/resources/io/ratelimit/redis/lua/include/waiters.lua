-- Wakes as many of the clients that wait as there are events.
--   waiting  sorted set of the clients whose last take found nothing, by when (µs)
-- Needs WAITING and the include wake.

local MOST_WOKEN = 20

-- All are woken if fewer wait than there are events: others may have room as well. (In a Cluster those
-- who listen at another node are not seen to have heard.)
local function wake_for(events, channel, client)
  local woken = 0
  while woken < events and events <= MOST_WOKEN do
    local waiter = redis.call('ZPOPMAX', WAITING)[1]
    if not waiter then
      break
    end
    -- The client itself is told by itself.
    local heard = waiter == client and 1 or redis.pcall('PUBLISH', channel .. ':' .. waiter, client)
    if type(heard) == 'number' and heard > 0 then
      woken = woken + 1
    end
  end
  if woken < events then
    wake(channel, client)
  end
end
