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

local function forget_known()
  redis.call('DEL', STARTS)
  L.base = L.cum
  L.memo = nil
  redis.call('HDEL', META, 'memo', 'run')
  L.run = nil
end

-- Takes all of the past to be full.
local function forget_all()
  forget_known()
  L.pace, L.pace_part = NEVER, 0
  L.forgotten, L.latest = now, now
end

-- What may have been in force under some settings: limits and the heaviest weight.
local function possible_past(...)
  local past = { limits = {}, heaviest = 1 }
  for _, settings in ipairs({ ... }) do
    local limits = past.limits
    limits[#limits + 1] = settings.normal
    limits[#limits + 1] = settings.ceiling
    for _, demand in ipairs(settings.demands) do
      limits[#limits + 1] = demand.admitted
    end
    past.heaviest = math.max(past.heaviest, settings.heaviest)
  end
  local fastest = past.limits[1]
  local alike = true
  past.most, past.fewest, past.burst = 1, FAR, 1
  past.shortest, past.longest = FAR, 0
  for _, limit in ipairs(past.limits) do
    if is_faster(limit, fastest) then
      fastest = limit
    end
    alike = alike and limit.text == past.limits[1].text
    past.most = math.max(past.most, limit.permits)
    past.fewest = math.min(past.fewest, limit.permits)
    past.burst = math.max(past.burst, limit.burst)
    past.shortest = math.min(past.shortest, limit.window)
    past.longest = math.max(past.longest, limit.window)
  end
  past.paced = past.heaviest == 1
    or ((alike or past.burst == 1) and past.heaviest <= past.fewest)
  local at_once = past.paced and math.max(past.burst, past.heaviest) or past.most
  past.run = { at = now, burst = math.min(at_once, past.most), window = fastest.window,
    permits = fastest.permits, size = past.most }
  return past
end

local function append_run(run)
  L.cum = L.cum + run.size
  run.stop = L.cum
  redis.call('ZADD', STARTS, int(run.at), string.format('%016d', L.cum))
  L.run = run
  save_run()
  if L.cum - run.size == L.base then
    L.oldest = run.at
  end
  L.latest = run.at
  L.pace, L.pace_part = pace_after_run(run, S.normal)
  L.pace_limit = S.normal.text
  L.memo = nil
  redis.call('HDEL', META, 'memo')
end

-- Takes the past to be as dense as it can have been, and what is before `known` to be full.
local function assume_all(past, known)
  local forgotten = math.min(now - past.shortest, run_time(past.run, past.run.size + 1))
  forget_known()
  L.forgotten = math.max(forgotten, known)
  append_run(past.run)
end

-- The same for the past from a time on, joined to what is known.
local function assume_since(past, from)
  local run = past.run
  local size = math.min(run.size, run_weight(run, now - from + 1))
  if past.paced and L.cum > L.base then
    local before = redis.call('ZREVRANGEBYSCORE', STARTS, '(' .. int(L.latest), '-inf', 'LIMIT', 0, 1)
    local known = math.min(L.cum - tonumber(before[1] or L.base), past.fewest)
    -- Together with the latest start they are as many as a stretch can hold.
    size = math.min(size, math.max(0, run_weight(run, now - L.latest + 1) - known))
  end
  if size == run.size then
    assume_all(past, L.latest)
  elseif size > 0 then
    run.size = size
    append_run(run)
  end
end

-- Whether what the settings admit is all that was in force in the longest window up to now.
local function is_unchanged(settings, past)
  return settings.unbounded <= now - past.longest
end

-- What nobody remembers from a time on is assumed; `known` are the settings that the client knows.
local function assume_lost(from, known)
  local past = possible_past(S, known)
  if known.unbounded > S.unbounded then
    -- A change was lost that no ceiling bounds, and perhaps others with it.
    forget_all()
  elseif not L.run then
    assume_since(past, from)
  elseif is_unchanged(S, past) then
    assume_all(past, NEVER)
  else
    forget_all()
  end
end

-- A heavier weight than any before may start, and may have started where nobody remembers.
local function admit_weight(weight)
  if weight <= S.heaviest then
    return
  end
  S.heaviest = weight
  S.changed = math.max(now, S.changed + 1)
  S.text = format_settings(S)
  if L.run then
    local past = possible_past(S)
    if L.run.size < past.most then
      forget_all()
    else
      L.run.burst = math.max(L.run.burst, past.run.burst)
      L.forgotten = math.max(L.forgotten,
        math.min(L.run.at - past.shortest, run_time(L.run, L.run.size + 1)))
      L.pace_limit = ''
      L.memo = nil
      redis.call('HDEL', META, 'memo')
      save_run()
    end
  end
  save('now', int(now), 'settings', S.text)
end

-- Sets S, L, now and due; returns a refusal, if there is one.
--   given     the time in a test, else ''
--   seen      the latest start that the client has seen, else ''
--   remembered  the settings that the client has seen last, or its initial ones
--   start_up  'wait' or 'full': what to take an unknown past for
local function load_state(given, seen, remembered, start_up)
  local m = redis.call('HMGET', META, 'format', 'now', 'settings', 'limiter', 'pace_limit', 'memo',
    'due', 'server', 'open', 'created', 'run')
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
    local past = possible_past(S)
    local open = start_up == 'full' and not seen
    if open then
      forget_all()
      L.forgotten, L.latest = NEVER, NEVER
    elseif is_unchanged(S, past) then
      assume_all(past, NEVER)
    else
      forget_all()
    end
    save('format', FORMAT, 'now', int(now), 'settings', S.text, 'created', int(now),
      'open', open and 1 or 0, 'server', server_id() or '')
    return
  end
  S = parse_settings(m[3])
  L = unpack_limiter(m[4], m[5], m[6], m[11])
  local known = remembered ~= S.text and parse_settings(remembered) or S
  due = tonumber(m[7])
  -- The server is another one than the one that made the last start, or the same after a restart:
  -- what it did not replicate or write to its disk is lost, and perhaps no client here knows.
  local server
  if given ~= '' or time < L.checked or time >= L.checked + SHORTEST_ABSENCE then
    server = server_id(m[8])
    L.checked = time
  end
  -- A client that knew nothing opened the limit fully while this one lives.
  if seen and m[9] == '1' and seen < tonumber(m[10]) then
    forget_all()
    save('now', int(now), 'open', 0, 'server', server or m[8] or '')
  -- A client knows that starts were lost, or they may have been with the server. What the store has
  -- is the beginning of what there was.
  elseif (seen and seen > L.latest) or (server and server ~= m[8]) then
    write_even_if_full()
    assume_lost(math.max(L.latest, tonumber(m[2] or NEVER)), known)
    save('now', int(now), 'open', 0, 'server', server or m[8] or '')
  elseif known.changed > S.changed and known.unbounded > S.unbounded then
    forget_all()
    save('now', int(now))
  end
  -- A change was lost: the latest explicit one counts.
  if known.changed > S.changed then
    write_even_if_full()
    local heaviest = math.max(known.heaviest, S.heaviest)
    known.version = math.max(known.version, S.version)
    S = known
    S.heaviest = math.min(heaviest, S.heaviest)
    admit_weight(heaviest)
    S.text = format_settings(S)
    redis.call('HSET', META, 'settings', S.text)
  end
end

-- A reply that begins with what the client remembers: the time, the latest start, the settings.
local function reply(...)
  return { now, L.latest > NEVER and L.latest, S.text, ... }
end
