-- Loads the limiter from META, and seeds it where the store does not know it, or knows less than the
-- client, or may have lost the last starts with the server that made them.
-- Needs META, STARTS and the includes basics and limiter.

-- No failover or restart takes less, so that which server this is need not be asked again before.
local SHORTEST_ABSENCE = 1000

local now

-- A time before which no retry and no lease falls due, or nil: not known.
local due

-- Which run of which server this is, or nil if the user may not ask; `last` is the likely answer.
local function server_id(last)
  local info = redis.pcall('INFO', 'server')
  if type(info) ~= 'string' then
    return nil
  end
  return last and last ~= '' and string.find(info, last, 1, true) and last
    or string.match(info, 'run_id:(%w+)')
end

-- Takes all of the past to be full.
local function forget_all()
  redis.call('DEL', STARTS)
  L.pace, L.pace_part = NEVER, 0
  L.forgotten, L.latest = now, now
  L.base = L.cum
  L.memo = nil
  redis.call('HDEL', META, 'memo')
end

-- Sets S, L, now and due; returns a refusal, if there is one.
--   given     the time in a test, else ''
--   seen      the latest start that the client has seen, else ''
--   remembered  the settings that the client has seen last, or its initial ones
--   start_up  'wait' or 'full': what to take an unknown past for
local function load_state(given, seen, remembered, start_up)
  local m = redis.call('HMGET', META, 'format', 'now', 'settings', 'limiter', 'pace_limit', 'memo',
    'due', 'server', 'open', 'created')
  local refused = refusal(m[1])
  if refused then
    return refused
  end
  seen = tonumber(seen)
  local time = clock(given)
  now = math.max(time, tonumber(m[2] or NEVER), seen or NEVER)
  if not m[3] then
    S = parse_settings(remembered)
    L = { pace_limit = S.normal.text, cum = 0, starts = 0, oldest = NEVER, checked = time }
    forget_all()
    local open = start_up == 'full' and not seen
    if open then
      L.forgotten, L.latest = NEVER, NEVER
    end
    save('format', FORMAT, 'now', int(now), 'settings', S.text, 'created', int(now),
      'open', open and 1 or 0, 'server', server_id() or '')
    return
  end
  S = parse_settings(m[3])
  L = unpack_limiter(m[4], m[5], m[6])
  due = tonumber(m[7])
  -- The server is another one than the one that made the last start, or the same after a restart:
  -- what it did not replicate or write to its disk is lost, and perhaps no client here knows.
  local server
  if given ~= '' or time < L.checked or time >= L.checked + SHORTEST_ABSENCE then
    server = server_id(m[8])
    L.checked = time
  end
  -- A client knows that starts were lost: the store fell behind what it has seen, or another client
  -- that knew nothing opened the limit fully while this one lives.
  local behind = seen and (seen > L.latest or (m[9] == '1' and seen < tonumber(m[10])))
  if behind or (server and server ~= m[8]) then
    forget_all()
    save('now', int(now), 'open', 0, 'server', server or m[8] or '')
  end
  -- A change was lost: the latest explicit one counts.
  if remembered ~= S.text then
    local known = parse_settings(remembered)
    if known.changed > S.changed then
      known.version = math.max(known.version, S.version)
      known.text = format_settings(known)
      S = known
      redis.call('HSET', META, 'settings', S.text)
    end
  end
end

-- A reply that begins with what the client remembers: the time, the latest start, the settings.
local function reply(...)
  return { now, L.latest > NEVER and L.latest, S.text, ... }
end
