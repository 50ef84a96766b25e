-- Changes the limit's settings: one change, named by `change`.
--   normal     limit        the normal limit
--   emergency  limit micros a raised limit for so long
--   calm                    no emergency
--   pause      micros       a pause for so long, or 'inf'
--   resume                  no pause
-- What is set already keeps the version and wakes nobody.
--
-- KEYS meta starts
-- ARGV given seen remembered start_up channel client change limit micros
-- REPLY now, latest start, settings
-- COST O(1)

local META, STARTS = unpack(KEYS)
local given, seen, remembered, start_up, channel, client, change, limit, micros = unpack(ARGV)
-- @include basics
-- @include limiter
-- @include state
-- @include wake
-- @include loaded

local same_version = false
if change == 'normal' then
  S.normal = parse_limit(limit)
elseif change == 'emergency' then
  -- Moving the end of an emergency is no new version.
  same_version = S.emergency ~= nil and S.emergency.text == limit
  S.emergency = parse_limit(limit)
  S.lapse = now + micros
elseif change == 'calm' then
  S.emergency = nil
elseif change == 'pause' then
  -- Of two pauses the longer one holds.
  if micros == 'inf' then
    S.pause = 'inf'
  elseif S.pause == '-' then
    S.pause = int(now + micros)
  elseif S.pause ~= 'inf' then
    S.pause = int(math.max(tonumber(S.pause), now + micros))
  end
elseif change == 'resume' then
  S.pause = '-'
else
  return redis.error_reply('ERR unknown change ' .. change)
end

if format_settings(S) ~= S.text then
  -- Each change is later than the one before it, however fast they come.
  S.changed = math.max(now, S.changed + 1)
  if not same_version then
    S.version = S.version + 1
  end
  S.text = format_settings(S)
  redis.call('HSET', META, 'settings', S.text, 'now', int(now))
  if not same_version then
    wake(channel, client)
  end
end
return reply()
