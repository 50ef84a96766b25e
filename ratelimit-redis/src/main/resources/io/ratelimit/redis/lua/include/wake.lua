-- Tells clients that a take which found nothing may now find something: some of those that wait for
-- it, each on a channel of its own, or all on the one of the namespace.
-- pcall: a user who may not publish loses promptness, not the script's other half.

local function wake(channel, client)
  redis.pcall('PUBLISH', channel, client)
end
