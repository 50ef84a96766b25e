-- Loads the limiter from META, and seeds it if the store does not know it, knows less than the client, or
-- may have lost the last starts with the server that made them. Damaged values count as lost. Deletes
-- before it writes anything, which a full memory allows. The queues of one scope share a timeline, whose
-- shift, epoch and latest time are in SCOPE, as is whether starts of named limits may be lost. Without a
-- scope, SCOPE is META.
-- Needs META, SCOPE, STARTS, LIMITS and the includes basics and limiter.

-- No failover or restart is faster, so the identity of the server is not requested again any sooner.
local SHORTEST_ABSENCE = 1000

local now

-- A time before which no retry and no lease falls due; nil if unknown.
local due

-- Whether events that named limits charge were ever published: false, '1', or 'perhaps' if that was lost or
-- nobody has looked yet.
local is_charged = 'perhaps'

-- The timeline of the namespace, and the identity of this server.
local line
local this_server

local admit_weight, reply, load_state
;(function()
  -- Returns the identity of the data: the run of the server, and the id of its replication, which changes
  -- when it becomes the master. Nil if the user may not ask.
  local function server_id()
    local server, replication = redis.pcall('INFO', 'server'), redis.pcall('INFO', 'replication')
    if type(server) ~= 'string' or type(replication) ~= 'string' then
      return nil
    end
    local run = string.match(server, 'run_id:(%w+)')
    local data = string.match(replication, 'master_replid:(%w+)')
    return run and string.sub(run, 1, 12) .. string.sub(data or '', 1, 12)
  end

  local function format_timeline(joined)
    return line.epoch .. ' ' .. int(line.shift) .. ' ' .. int(joined or line.joined)
  end

  -- Returns a reply that begins with what the client remembers: the time, the latest start, the settings,
  -- and "epoch server". Nil in place of the latter means that nothing was done, because the time may have
  -- jumped ahead or the message took long; the client can tell which when it asks again.
  local function reply_with(token, ...)
    return { now, L.latest > NEVER and L.latest, S.text, token, ... }
  end

  function reply(...)
    return reply_with(line.epoch .. ' ' .. (this_server ~= '' and this_server or '-'), ...)
  end

  -- Returns whether a client last heard from another server than this one after `joined`, when this server
  -- was found to be another one.
  local function is_from_elsewhere(client, server, joined)
    return client.server ~= '-' and server ~= '' and client.server ~= server
      and client.heard and client.heard > joined
  end

  -- Handles an unknown past or scope. Created on first use: most calls need none of it.
  local past_parts
  local function open_past()
    local function forget_known()
      redis.call('UNLINK', STARTS)
      redis.call('HDEL', META, 'memo', 'run')
      L.base = L.cum
      L.memo = nil
      L.run = nil
      L.logged, L.logged_cum = NEVER, L.cum
    end

    -- Assumes that the whole past is full.
    local function forget_all()
      forget_known()
      L.pace, L.pace_part = NEVER, 0
      L.forgotten, L.latest = now, now
      mark_unknown(now)
    end

    -- Returns what may have been in force in the longest window up to now under some settings: limits and
    -- the heaviest weight.
    local function possible_past(...)
      local past = { limits = {}, heaviest = 1 }
      for _, settings in ipairs({ ... }) do
        local limits, lapsed = past.limits, {}
        local longest = math.max(settings.normal.window, settings.ceiling and settings.ceiling.window or 0)
        limits[#limits + 1] = settings.normal
        limits[#limits + 1] = settings.ceiling
        for _, demand in ipairs(settings.demands) do
          if now < demand.lapse then
            limits[#limits + 1] = demand.admitted
            longest = math.max(longest, demand.admitted.window)
          else
            lapsed[#lapsed + 1] = demand
          end
        end
        for _, demand in ipairs(lapsed) do
          if demand.lapse > now - longest then
            limits[#limits + 1] = demand.admitted
          end
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
      redis.call('HDEL', META, 'memo')
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
      L.logged, L.logged_cum = NEVER, L.cum
      mark_unknown(run.at)
    end

    -- Assumes that the past is as dense as possible, and that everything before `known` is full.
    local function assume_all(past, known)
      local forgotten = math.min(now - past.shortest, run_time(past.run, past.run.size + 1))
      forget_known()
      L.forgotten = math.max(forgotten, known)
      append_run(past.run)
    end

    -- Assumes the same from a time on, joined to what is known.
    local function assume_since(past, from)
      local run = past.run
      local size = math.min(run.size, run_weight(run, now - from + 1))
      if past.paced and L.cum > L.base then
        local known = math.min(weight_behind('(' .. int(L.latest)), past.fewest)
        -- Together with the latest start, these are as many as a stretch can hold.
        size = math.min(size, math.max(0, run_weight(run, now - L.latest + 1) - known))
      end
      if size == run.size then
        assume_all(past, L.latest)
      elseif size > 0 then
        run.size = size
        append_run(run)
      end
    end

    -- The whole past is unknown, except for what was in force. That is unknown, too, if settings changed in
    -- the longest window up to now in a way that no ceiling bounds, or if such a change was lost.
    local function assume_unknown(known)
      local past = possible_past(S, known)
      if known.unbounded <= S.unbounded and S.unbounded <= now - past.longest then
        assume_all(past, NEVER)
      else
        forget_all()
      end
    end

    -- Assumes the starts that nobody remembers from a time on; `known` are the settings that the client
    -- knows.
    local function assume_lost(from, known)
      if known.unbounded <= S.unbounded and not L.run then
        assume_since(possible_past(S, known), from)
      else
        assume_unknown(known)
      end
    end

    -- A weight heavier than all before may start, and may have started where nobody remembers.
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

    local function repair_log()
      assume_unknown(S)
      save('now', int(now))
    end

    -- Moves the settings of another epoch to the time of this one.
    local function move_settings(settings, by)
      if settings.changed > 0 then
        settings.changed = settings.changed + by
      end
      if settings.unbounded > 0 then
        settings.unbounded = settings.unbounded + by
      end
      if tonumber(settings.pause) then
        settings.pause = int(tonumber(settings.pause) + by)
      end
      for _, demand in ipairs(settings.demands) do
        demand.lapse = demand.lapse + by
      end
      settings.text = format_settings(settings)
    end

    local function new_epoch(raw)
      line.epoch = int(line.epoch == int(raw) and raw + 1 or math.max(raw, 1))
    end

    -- Returns what is known of the scope; or nil and the reply that ends the script. `line` is nil if
    -- nothing is known: the scope is new, or was lost.
    local function load_scope()
      local m = redis.pcall('HMGET', SCOPE, 'format', 'now', 'timeline', 'server', 'open', 'created')
      if m.err then
        if not string.find(m.err, 'WRONGTYPE', 1, true) then
          return nil, m
        end
        redis.call('UNLINK', SCOPE)
        m = {}
      end
      local last = tonumber(m[2]) or NEVER
      return { line = m[3] and parse_timeline(m[3]), last = last < FAR and last or NEVER, server = m[4] or '',
        is_open = m[5] == '1', created = tonumber(m[6]) or FAR }, refusal(m[1])
    end

    -- Notes that starts under named limits may be lost up to now.
    local function lose_scope(scope)
      write_even_if_full()
      redis.call('HSET', SCOPE, 'limits_lost', int(now), 'now', int(now), 'open', 0, 'server', this_server,
        'timeline', format_timeline(now), 'format', FORMAT)
      if not scope.line then
        redis.call('HSET', SCOPE, 'created', int(now))
      end
    end

    -- Returns whether starts under the named limits of a scope may be lost; `server` is the identity of
    -- this server, if it was requested.
    local function is_scope_lost(scope, client, server)
      return not scope.line or (server and server ~= scope.server)
        or is_from_elsewhere(client, this_server, scope.line.joined)
        -- A client that knew nothing opened them fully while this client was alive.
        or (scope.is_open and client.expected and client.epoch ~= scope.line.epoch)
    end

    -- Writes the first state of a namespace, or the first after it was lost.
    local function seed(raw, client, seen, remembered, start_up, scope)
      now = raw
      if scope and scope.line then
        line = scope.line
        now = math.max((time_by(raw, line, client)), scope.last)
      else
        line = parse_timeline(nil)
        line.epoch = client.epoch
        new_epoch(raw)
      end
      local joined = line.joined
      line.joined = now
      local server = server_id()
      this_server = server or ''
      S = parse_settings(remembered)
      if client.expected then
        move_settings(S, now - client.expected)
      end
      L = new_limiter(raw)
      L.pace_limit = S.normal.text
      local open = start_up == 'full' and not seen
      if open then
        forget_known()
        mark_unknown(L.latest)
      else
        assume_unknown(S)
      end
      save('format', FORMAT, 'now', int(now), 'settings', S.text, 'created', int(now),
        'open', open and 1 or 0, 'server', this_server, 'timeline', format_timeline())
      -- Remains of named limits show that they are not new.
      open = open and not client.expected and redis.pcall('HLEN', LIMITS) == 0
      if not scope then
        if not open then
          redis.call('HSET', META, 'limits_lost', int(now))
        end
      elseif scope.line then
        line.joined = joined
        if is_scope_lost(scope, client, server) then
          lose_scope(scope)
        else
          redis.call('HSET', SCOPE, 'now', int(now))
        end
      elseif open then
        redis.call('HSET', SCOPE, 'format', FORMAT, 'now', int(now), 'timeline', format_timeline(),
          'server', this_server, 'open', 1, 'created', int(now))
      else
        lose_scope(scope)
      end
    end

    return { forget_all = forget_all, assume_unknown = assume_unknown, assume_lost = assume_lost,
      admit_weight = admit_weight, repair_log = repair_log, move_settings = move_settings, new_epoch
      = new_epoch, load_scope = load_scope, lose_scope = lose_scope, is_scope_lost = is_scope_lost,
      seed = seed }
  end

  local function past()
    past_parts = past_parts or open_past()
    return past_parts
  end

  function admit_weight(weight)
    if weight > S.heaviest then
      past().admit_weight(weight)
    end
  end

  function repair_log()
    past().repair_log()
  end

  -- Sets S, L, now, due and the timeline; returns a reply that ends the script, if there is one.
  --   given       what the client says about the time
  --   seen        the latest start that the client has seen, else ''
  --   remembered  the settings that the client saw last, or its initial ones
  --   start_up    'wait' or 'full': what to assume for an unknown past; or 'existing': seed nothing
  function load_state(given, seen, remembered, start_up)
    local m = redis.pcall('HMGET', META, 'format', 'now', 'settings', 'limiter', 'pace_limit', 'memo',
      'due', 'server', 'open', 'created', 'run', 'timeline', 'windows', 'charged')
    if m.err then
      if not string.find(m.err, 'WRONGTYPE', 1, true) then
        return m
      end
      redis.call('UNLINK', META)
      m = {}
    end
    local refused = refusal(m[1])
    if refused then
      return refused
    end
    seen = seen ~= '' and whole('seen', seen, NEVER, FAR) or nil
    word('start_up', start_up, 'wait full existing')
    if remembered ~= m[3] then
      require_settings(remembered)
    end
    local client = parse_clock(given)
    local raw = raw_time(client)
    local scope, refused_scope
    if SCOPE ~= META then
      scope, refused_scope = past().load_scope()
    end
    if refused_scope then
      return refused_scope
    end
    S = m[3] and parse_settings(m[3])
    if not S and start_up == 'existing' then
      return redis.error_reply('NOQUEUE nothing is seeded for who wants one that exists')
    end
    if not S then
      past().seed(raw, client, seen, remembered, start_up, scope)
      return
    end

    line = parse_timeline(m[12])
    packed_windows = m[13]
    is_charged = m[14] ~= '0' and (m[14] or 'perhaps')
    this_server = m[8] or ''
    L = unpack_limiter(m[4], m[5], m[6], m[11])
    local limiter_is_lost = not L
    L = L or new_limiter(raw)
    local last = tonumber(m[2]) or NEVER
    last = math.max(last < FAR and last or NEVER, L.latest)
    -- Other queues of the scope may have found that times were wrong.
    local is_relined = false
    if scope and scope.line then
      last = math.max(last, scope.last)
      is_relined = line.epoch ~= scope.line.epoch
      line.epoch, line.shift = scope.line.epoch, scope.line.shift
    end
    local is_of_epoch = client.expected and client.epoch == line.epoch
    local time, ahead = time_by(raw, line, client)
    -- Something started while the clock was ahead, so earlier starts seem older than they are.
    local misdated = is_of_epoch and last > client.expected + client.slack
    if (ahead or misdated) and not client.sure then
      now = math.max(time, last)
      return reply_with(false)
    elseif ahead then
      time = client.expected
    end
    if misdated or (not is_of_epoch and time < last - LEEWAY) then
      time = last
    end
    local moved = time - raw ~= line.shift
    line.shift = time - raw
    now = math.max(time, last)
    due = tonumber(m[7])

    -- What the client remembers from another epoch is at least as old as the time for which it has known
    -- it.
    local by = client.expected and not is_of_epoch and now - client.expected or 0
    -- A client that has seen no settings and seeds none has none to tell.
    local tells = client.expected or start_up ~= 'existing'
    local known = tells and remembered ~= m[3] and parse_settings(remembered) or S
    if by ~= 0 then
      seen = seen and seen + by
      client.heard = client.heard and client.heard + by
      if known ~= S then
        past().move_settings(known, by)
      end
    end
    -- This may not be the server that made the last start, or it may have restarted or been a replica
    -- since: starts that were not replicated or written to disk are lost, and perhaps no client here knows.
    local server
    if client.given or raw < L.checked or raw >= L.checked + SHORTEST_ABSENCE then
      server = server_id()
      L.checked = raw
    end
    -- Or the client comes from another server, which may know more.
    local elsewhere = is_from_elsewhere(client, this_server, line.joined)
    local another = server and server ~= this_server
    this_server = server or this_server
    local assumed = true
    local knows_more = not limiter_is_lost and seen and seen > L.latest
    if misdated then
      past().new_epoch(raw)
    end
    if limiter_is_lost or misdated or is_relined then
      past().assume_unknown(known)
    -- A client that knew nothing opened the limit fully while this client was alive.
    elseif seen and m[9] == '1' and seen < (tonumber(m[10]) or FAR) then
      past().forget_all()
    -- Starts were lost, as a client knows, or may have been lost with the server. The store has the
    -- beginning of what there was.
    elseif knows_more or another or elsewhere then
      write_even_if_full()
      past().assume_lost(last, known)
    else
      assumed = false
    end
    if assumed then
      line.joined = now
      write_even_if_full()
      save('now', int(now), 'open', 0, 'server', this_server, 'timeline', format_timeline(),
        'format', FORMAT)
    elseif known.changed > S.changed and known.unbounded > S.unbounded then
      past().forget_all()
      save('now', int(now))
    end
    if not scope then
      if assumed or (m[9] == '1' and client.expected and not is_of_epoch) then
        write_even_if_full()
        redis.call('HSET', META, 'limits_lost', int(now))
      end
    elseif misdated or past().is_scope_lost(scope, client, server) or (knows_more and seen > scope.line.joined)
      or (scope.is_open and (tonumber(m[10]) or FAR) < scope.created) then
      past().lose_scope(scope)
    elseif moved then
      write_even_if_full()
      redis.call('HSET', SCOPE, 'timeline', format_timeline(scope.line.joined), 'now', int(now))
    elseif not client.expected then
      -- A later client that knows better must be able to find out. (A user who may only read cannot write
      -- this.)
      redis.pcall('HDEL', SCOPE, '')
      redis.pcall('HSET', SCOPE, 'now', int(now))
    end
    if (moved and not assumed) or tonumber(m[1] or nil) ~= FORMAT then
      write_even_if_full()
      redis.call('HSET', META, 'timeline', format_timeline(), 'now', int(now), 'format', FORMAT)
    end
    -- A change was lost: the latest explicit change counts.
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
end)()
