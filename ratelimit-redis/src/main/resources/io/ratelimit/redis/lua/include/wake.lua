-- Tells the clients that a take which found nothing may now find something.
-- pcall: a user who may not publish loses promptness, not the script's other half.

local function wake(channel, client)
  redis.pcall('PUBLISH', channel, client)
end
