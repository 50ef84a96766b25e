-- Tells clients that a take which found nothing may now find something: some of the waiting clients, each
-- on its own channel, or all of them on the channel of the namespace.
-- pcall: a user who may not publish loses promptness, not the script's other half.

local function wake(channel, client)
  redis.pcall('PUBLISH', channel, client)
end
