-- The exact limit: decides as io.ratelimit.core.limit.LimitState does, to the microsecond.
-- Needs META, STARTS and the include basics.
--
-- The log of starts is a sorted set: score = the start, member = the weight of all starts up to and
-- including it, padded so that equal scores keep their order. The weight in a stretch of time is then the
-- difference of two members, found in O(log n).

local S -- the settings
local L -- the scalars of the limiter, as in META's fields `limiter` and `pace_limit`

-- What other files use. The rest is inside a function: to capture a local, Lua searches all captured locals
-- that are still in scope, and that took a third of a call.
local parse_limit, require_limit, compare_limits, is_faster, is_within, under_ceiling, admit_demands,
  parse_settings, require_settings, format_settings, in_force, is_paused, pace_plus, pace_ceiling,
  pace_after, pace_after_run, run_time, run_weight, run_after, save_run, mark_unknown, weight_behind,
  held_in_window, record_window, load_windows, write_starts, next_start, decide, new_limiter, unpack_limiter, save
local packed_windows
-- The fullest windows of the past, as io.ratelimit.core.limit.LargestWindows has them, once loaded:
-- W.unknown, the time until which starts may be missing, or NEVER; and W.at and W.permits for each peak.
local W
local repair_log -- replaces a lost log; the include state sets it
;(function()
  -- Returns a × b / c, rounded down, and the remainder. Both are exact if the result is, because no step
  -- exceeds the whole numbers that a double holds: a is at most 10^6, b and c are durations of up to 40
  -- days.
  local function times_over(a, b, c)
    local high = math.floor(a / 1024) * b
    local whole = math.floor(high / c)
    local rest = (high - whole * c) * 1024 + a % 1024 * b
    local more = math.floor(rest / c)
    return whole * 1024 + more, rest - more * c
  end

  -- Returns a number below, at or above 0 if a / b is below, at or above c / d.
  local function compare_rates(a, b, c, d)
    local low, other_low = a % 1024 * d, c % 1024 * b
    local high = math.floor(a / 1024) * d + math.floor(low / 1024)
    local other_high = math.floor(c / 1024) * b + math.floor(other_low / 1024)
    return high ~= other_high and high - other_high or low % 1024 - other_low % 1024
  end

  -- Returns nil if the text is no limit.
  function parse_limit(text)
    local permits, period, burst, margin = string.match(text, '^(%d+) (%d+) (%d+) (%d+)$')
    if not permits then
      return nil
    end
    local window = period + margin
    permits = tonumber(permits)
    local interval = math.floor(window / permits)
    return {
      text = text,
      permits = permits,
      period = period,
      burst = tonumber(burst),
      margin = margin,
      window = window,
      -- The time between two starts, rounded down, and the remainder in parts of a microsecond, `permits`
      -- to one.
      interval = interval,
      rest = window - interval * permits,
    }
  end

  -- Ends the script unless an argument is a limit.
  function require_limit(text)
    local permits, period, burst, margin = string.match(tostring(text), '^(%d+) (%d+) (%d+) (%d+)$')
    permits = whole('permits', permits, 1, 1000000)
    whole('period', period, 1, 31 * 86400000000)
    whole('burst', burst, 1, permits)
    whole('margin', margin, 0, 31 * 86400000000)
  end

  function compare_limits(one, other)
    local rates = compare_rates(one.permits, one.window, other.permits, other.window)
    if rates ~= 0 then
      return rates
    end
    return one.permits ~= other.permits and one.permits - other.permits or one.burst - other.burst
  end

  function is_faster(one, other)
    return compare_rates(one.permits, one.window, other.permits, other.window) > 0
  end

  -- Returns whether everything that obeys a limit also obeys the other one.
  function is_within(limit, other)
    return limit.permits <= other.permits and limit.window >= other.window
      and limit.burst <= other.burst
  end

  function under_ceiling(limit, ceiling)
    if not ceiling or is_within(limit, ceiling) then
      return limit
    end
    local in_window = times_over(limit.permits, ceiling.window, limit.window)
    local permits = math.max(1, math.min(ceiling.permits, in_window))
    return parse_limit(int(permits) .. ' ' .. ceiling.period .. ' '
      .. int(math.min(permits, ceiling.burst)) .. ' ' .. ceiling.margin)
  end

  -- Sets `admitted`, the limit to which a demand raises the limit under the ceiling.
  function admit_demands(settings)
    for _, demand in ipairs(settings.demands) do
      demand.admitted = under_ceiling(demand.limit, settings.ceiling)
    end
  end

  -- Returns nil if the settings are damaged.
  function parse_settings(text)
    -- Usually, there is neither a ceiling nor a demand.
    local version, changed, unbounded, heaviest, limit, pause = string.match(text,
      '^(%d+) (%-?%d+) (%-?%d+) (%d+) (%d+ %d+ %d+ %d+) %- %- %- %- (%S+) 0$')
    if version and (pause == '-' or pause == 'inf' or tonumber(pause)) then
      return { text = text, version = tonumber(version), changed = tonumber(changed),
        unbounded = tonumber(unbounded), heaviest = tonumber(heaviest), normal = parse_limit(limit), pause = pause,
        demands = {} }
    end
    local words = {}
    for word in string.gmatch(text, '%S+') do
      words[#words + 1] = word
    end
    if #words < 14 then
      return nil
    end
    local settings = {
      text = text,
      version = tonumber(words[1]),
      changed = tonumber(words[2]),
      unbounded = tonumber(words[3]),
      heaviest = tonumber(words[4]),
      normal = parse_limit(table.concat(words, ' ', 5, 8)),
      ceiling = words[9] ~= '-' and parse_limit(table.concat(words, ' ', 9, 12)) or nil,
      pause = words[13],
      demands = {},
    }
    for i = 15, #words, 6 do
      settings.demands[#settings.demands + 1] = {
        owner = words[i],
        lapse = tonumber(words[i + 1]),
        limit = parse_limit(table.concat(words, ' ', i + 2, i + 5)),
      }
    end
    for _, demand in ipairs(settings.demands) do
      if not (demand.lapse and demand.limit) then
        return nil
      end
    end
    if not (settings.version and settings.changed and settings.unbounded and settings.heaviest
      and settings.normal and settings.pause and (words[9] == '-' or settings.ceiling)
      and (settings.pause == '-' or settings.pause == 'inf' or tonumber(settings.pause))) then
      return nil
    end
    admit_demands(settings)
    return settings
  end

  -- Ends the script unless an argument is settings.
  function require_settings(text)
    local words = {}
    for each in string.gmatch(tostring(text), '[^ ]+') do
      words[#words + 1] = each
    end
    local function limit_at(first)
      require_limit(#words < first + 3 and '' or table.concat(words, ' ', first, first + 3))
    end
    whole('version', words[1], 0, FAR)
    whole('changed', words[2], NEVER, FAR)
    whole('unbounded', words[3], NEVER, FAR)
    whole('heaviest', words[4], 1, 1000000)
    limit_at(5)
    if words[9] ~= '-' then
      limit_at(9)
    end
    if words[13] ~= '-' and words[13] ~= 'inf' then
      whole('pause', words[13], NEVER, FAR)
    end
    local demands = whole('demands', words[14], 0, 32)
    whole('words', int(#words), 14 + 6 * demands, 14 + 6 * demands)
    for i = 15, #words, 6 do
      whole('lapse', words[i + 1], NEVER, FAR)
      limit_at(i + 2)
    end
  end

  function format_settings(settings)
    local words = {
      int(settings.version),
      int(settings.changed),
      int(settings.unbounded),
      int(settings.heaviest),
      settings.normal.text,
      settings.ceiling and settings.ceiling.text or '- - - -',
      settings.pause,
      int(#settings.demands),
    }
    for _, demand in ipairs(settings.demands) do
      words[#words + 1] = demand.owner .. ' ' .. int(demand.lapse) .. ' ' .. demand.limit.text
    end
    return table.concat(words, ' ')
  end

  -- Returns the demand that raises the limit: the highest one, and of equal ones the last to lapse.
  local function raised(at)
    if not S.demands[1] then
      return nil
    end
    local highest
    for _, demand in ipairs(S.demands) do
      if at < demand.lapse then
        local higher = highest and compare_limits(demand.admitted, highest.admitted) or 1
        if higher > 0 or (higher == 0 and demand.lapse > highest.lapse) then
          highest = demand
        end
      end
    end
    if highest and is_faster(highest.admitted, S.normal) then
      return highest
    end
  end

  function in_force(at)
    local demand = raised(at)
    return demand and demand.admitted or S.normal
  end

  function is_paused(at)
    return S.pause == 'inf' or (S.pause ~= '-' and at < tonumber(S.pause))
  end

  function pace_plus(micros, numerator, permits, limit)
    local parts = numerator + permits * limit.rest
    if parts == 0 then
      return micros + permits * limit.interval, 0
    end
    local whole = math.floor(parts / limit.permits)
    return micros + permits * limit.interval + whole, parts - whole * limit.permits
  end

  function pace_ceiling(micros, numerator)
    return numerator == 0 and micros or micros + 1
  end

  function pace_after(micros, numerator, start, weight, limit)
    if start > pace_ceiling(micros, numerator) then
      micros, numerator = start, 0
    end
    local cost = math.min(weight, limit.permits)
    local paid, paid_part = pace_plus(micros, numerator, cost, limit)
    local most, most_part = pace_plus(start, 0, math.max(cost, limit.burst), limit)
    if paid > most or (paid == most and paid_part > most_part) then
      return most, most_part
    end
    return paid, paid_part
  end

  -- A run of starts replaces those that nobody remembers, as io.ratelimit.core.limit.DensestRun has and
  -- proves it: L.run, and one entry of the log, whose time is the end of the run. The last `burst` starts
  -- of the run are at its end, and each earlier one precedes the next by window / permits. `stop` is the
  -- weight of all starts up to the end of the run.

  local LONGEST = 40 * 86400 * 1000000

  -- Returns the time of the start with this number, counted from the end.
  function run_time(run, from_end)
    return run.at - times_over(math.max(0, from_end - run.burst), run.window, run.permits)
  end

  -- Returns how many starts of an endless run are in a stretch of this length before its end.
  function run_weight(run, length)
    if length <= 0 then
      return 0
    end
    local whole, rest = times_over(run.permits, math.min(length, LONGEST), run.window)
    return run.burst - 1 + whole + (rest > 0 and 1 or 0)
  end

  -- Returns how many starts of a run are after a time.
  function run_after(run, time)
    return math.min(run.size, run_weight(run, run.at - time))
  end

  function pace_after_run(run, limit)
    return pace_after(run.at, 0, run.at, math.max(math.min(run.burst, limit.permits), limit.burst), limit)
  end

  function save_run()
    local run = L.run
    redis.call('HSET', META, 'run', string.format('%d %d %d %d %d %d',
      run.at, run.burst, run.window, run.permits, run.size, run.stop))
  end

  local function drop_run()
    L.run = nil
    redis.call('HDEL', META, 'run')
  end

  -- META keeps them as doubles, `unknown` and then time and permits of each peak, after a byte that cannot
  -- begin MessagePack, the earlier form. Most calls look at the last peaks only.
  local windows
  local windows_changed = false
  local MOST_PEAKS = 32
  local WINDOWS_MARK, NO_PEAKS, PEAK = '\193', 9, 16

  local function unpack_windows(packed)
    local values
    if string.sub(packed, 1, 1) == WINDOWS_MARK then
      values = { struct.unpack('>d' .. string.rep('d', (#packed - NO_PEAKS) / 8), packed, 2) }
      values[#values] = nil -- Where it ended.
    else
      values = { cmsgpack.unpack(packed) }
    end
    local unpacked = { unknown = values[1], at = {}, permits = {} }
    local at, permits = NEVER, FAR
    for i = 2, #values, 2 do
      assert(values[i] > at and values[i + 1] < permits and #unpacked.at <= MOST_PEAKS)
      at, permits = values[i], values[i + 1]
      unpacked.at[#unpacked.at + 1], unpacked.permits[#unpacked.permits + 1] = at, permits
    end
    assert(unpacked.unknown < FAR and permits > 0)
    return unpacked
  end

  local function pack_windows()
    local packed = { WINDOWS_MARK, struct.pack('>d', W.unknown) }
    for i = 1, #W.at do
      packed[i + 2] = struct.pack('>dd', W.at[i], W.permits[i])
    end
    windows = table.concat(packed)
  end

  function load_windows()
    local ok, unpacked = pcall(unpack_windows, windows or packed_windows or '')
    -- What was known of the starts up to the latest is lost.
    W = ok and unpacked or { unknown = L.latest, at = {}, permits = {} }
  end

  local function have_windows()
    if not windows then
      windows = packed_windows or ''
      if string.sub(windows, 1, 1) ~= WINDOWS_MARK or #windows % PEAK ~= NO_PEAKS
        or #windows > NO_PEAKS + PEAK * MOST_PEAKS then
        load_windows()
        pack_windows()
      end
    end
  end

  -- Notes that starts up to a time may be missing.
  function mark_unknown(time)
    have_windows()
    windows = WINDOWS_MARK .. struct.pack('>d', time) .. string.sub(windows, NO_PEAKS + 1)
    windows_changed = true
  end

  -- Returns the weight of the starts after the last one whose time is at most this score.
  function weight_behind(most)
    local before = redis.pcall('ZREVRANGEBYSCORE', STARTS, most, '-inf', 'LIMIT', 0, 1)
    return L.cum - (tonumber(before[1]) or L.base)
  end

  -- Returns the weight of the starts in the window of a limit that ends at a time, without assumed starts.
  function held_in_window(limit, at)
    local from = at - limit.window
    local held = weight_behind(int(from))
    return L.run and L.run.at > from and held - L.run.size or held
  end

  -- Records the weight in a window that ends with the latest start.
  function record_window(held)
    have_windows()
    local size = #windows
    local at, permits
    while size > NO_PEAKS do
      at, permits = struct.unpack('>dd', windows, size - PEAK + 1)
      if permits > held then
        break
      end
      size = size - PEAK
    end
    if size > NO_PEAKS and at == L.latest then
      -- This peak was recorded under another limit, with another window: the larger one counts.
      return
    end
    windows = string.sub(windows, 1, size) .. struct.pack('>dd', L.latest, held)
    if size == NO_PEAKS + PEAK * MOST_PEAKS or (size > NO_PEAKS and not (at < L.latest)) then
      load_windows()
      local ats, weights = W.at, W.permits
      if #ats == MOST_PEAKS + 1 then
        local closest = 2
        for i = 3, #ats do
          if weights[i - 1] - weights[i] < weights[closest - 1] - weights[closest] then
            closest = i
          end
        end
        table.remove(weights, closest)
        table.remove(ats, closest - 1)
      end
      pack_windows()
    end
    windows_changed = true
  end

  -- Whether this script made starts that are not in the log yet. All of them are at L.latest, and become
  -- one entry together with earlier ones at that time.
  local unwritten = false

  -- How many more starts of weight 1 the normal limit certainly admits at L.latest, and how many of those
  -- were made but are not in L yet: counting many at once has the same result as counting them one by one.
  local spare_ones, uncounted_ones = 0, 0

  local function count_ones()
    spare_ones = 0
    if uncounted_ones > 0 then
      local ones, limit, start = uncounted_ones, S.normal, L.latest
      uncounted_ones = 0
      local paid, paid_part = pace_plus(L.pace, L.pace_part, ones, limit)
      local most, most_part = pace_plus(start, 0, limit.burst, limit)
      if paid > most or (paid == most and paid_part > most_part) then
        paid, paid_part = most, most_part
      end
      L.pace, L.pace_part = paid, paid_part
      L.cum, L.starts, L.permits = L.cum + ones, L.starts + ones, L.permits + ones
    end
  end

  function write_starts()
    count_ones()
    if unwritten then
      local entry, latest = string.format('%016d', L.cum), int(L.latest)
      if L.logged == L.latest then
        -- If that start gave back its whole cost, the entry belongs to the start before it, and stays.
        local logged = string.format('%016d', L.logged_cum)
        if tonumber(redis.call('ZSCORE', STARTS, logged) or nil) == L.latest then
          redis.call('ZREM', STARTS, logged)
        end
      end
      local added = redis.pcall('ZADD', STARTS, latest, entry)
      if type(added) == 'table' and string.find(added.err, 'WRONGTYPE', 1, true) then
        -- The key held no log. Whoever reads the new log finds that it lacks starts.
        redis.call('UNLINK', STARTS)
        added = redis.pcall('ZADD', STARTS, latest, entry)
      end
      if type(added) == 'table' then
        error(added.err)
      end
      unwritten = false
      L.logged, L.logged_cum = L.latest, L.cum
      record_window(held_in_window(in_force(L.latest), L.latest))
    end
  end

  -- Whether the log lacks what it must hold, because somebody deleted or changed it.
  local log_is_lost = false

  -- Returns the weight up to an entry, and its start; nil if there is no entry.
  local function start_at(rank)
    local entry = redis.pcall('ZRANGE', STARTS, rank, rank, 'WITHSCORES')
    if entry.err then
      log_is_lost = true
    elseif entry[1] then
      local cum = tonumber(entry[1])
      log_is_lost = log_is_lost or not cum
      return cum, tonumber(entry[2])
    end
  end

  -- Returns the oldest entry, which must be the one that was written first.
  local function oldest_start()
    local cum, start = start_at(0)
    if L.logged_cum > L.base and not (cum and cum > L.base and start == L.oldest) then
      log_is_lost = true
      return nil
    end
    return cum, start
  end

  -- Bounds the cost of one call when the log is long.
  local MOST_REPLAYED = 1000
  local MOST_FORGOTTEN = 100

  -- Returns the pace after the latest starts in the log, as if all had been made under one limit; earlier
  -- starts are assumed to have spent all that the pace can owe. A long replay is kept until the next start.
  local function replay(limit)
    local key = limit.text .. ' ' .. int(L.cum)
    local memo_key, memo_micros, memo_part = string.match(L.memo or '', '^(.*) (%-?%d+) (%d+)$')
    if memo_key == key then
      return tonumber(memo_micros), tonumber(memo_part)
    end
    if unwritten then
      write_even_if_full()
      write_starts()
    end
    local micros, numerator, before = NEVER, 0, L.base
    local entries = redis.pcall('ZCARD', STARTS)
    if type(entries) == 'table' or (L.cum > L.base and not oldest_start()) then
      log_is_lost = true
      return micros, numerator
    end
    if entries > MOST_REPLAYED then
      micros = FAR
      before = start_at(entries - MOST_REPLAYED - 1)
    end
    local page = redis.call('ZRANGE', STARTS, -MOST_REPLAYED, -1, 'WITHSCORES')
    -- Starts in the same microsecond are one start, even if several scripts made an entry each.
    local start, weight
    local function replay_start()
      if start then
        micros, numerator = pace_after(micros, numerator, start, weight, limit)
      end
    end
    for i = 1, #page, 2 do
      local cum, entry_start = tonumber(page[i]), tonumber(page[i + 1])
      if not (cum and before) then
        log_is_lost = true
        return micros, numerator
      end
      if L.run and cum == L.run.stop then
        replay_start()
        micros, numerator = pace_after_run(L.run, limit)
        start, before = nil, cum
      elseif entry_start ~= start then
        replay_start()
        start, weight = entry_start, 0
      end
      if start then
        weight = weight + cum - before
        before = cum
      end
    end
    replay_start()
    if #page > 100 then
      L.memo = key .. ' ' .. int(micros) .. ' ' .. int(numerator)
      -- A user who may only read cannot keep it.
      redis.pcall('HDEL', META, '')
      redis.pcall('HSET', META, 'memo', L.memo)
    end
    return micros, numerator
  end

  local function pace_under(limit)
    if limit.text == L.pace_limit then
      return L.pace, L.pace_part
    end
    return replay(limit)
  end

  -- Returns when the last of the starts that must leave the window to make this room has left it.
  local function earliest_with_room(from, window, room)
    local earliest = math.max(from, L.forgotten + window)
    if L.cum - L.base <= room then
      return earliest
    end
    -- Looks for the first entry whose weight reaches this: first in steps that double, since it is mostly
    -- among the oldest, and then bisects.
    local leaving = L.cum - room
    local low, high = 0, 0
    local cum, start = oldest_start()
    while cum and cum < leaving do
      low, high = high + 1, high * 2 + 1
      cum, start = start_at(high)
    end
    if log_is_lost then
      return earliest
    elseif not cum then
      high = redis.call('ZCARD', STARTS)
      local last_cum = start_at(-1)
      log_is_lost = log_is_lost or (leaving <= L.logged_cum and (last_cum or NEVER) < leaving)
    end
    while low < high do
      local middle = math.floor((low + high) / 2)
      local middle_cum, middle_start = start_at(middle)
      if not middle_cum then
        return earliest
      elseif middle_cum < leaving then
        low = middle + 1
      else
        high, cum, start = middle, middle_cum, middle_start
      end
    end
    if L.run and cum == L.run.stop then
      start = run_time(L.run, room - (L.cum - cum) + 1)
    end
    -- If no entry does, this script has just made the start.
    return math.max(earliest, (start or L.latest) + window)
  end

  local function earliest_start(from, weight)
    while true do
      local demand = raised(from)
      local limit = demand and demand.admitted or S.normal
      local earliest = FAR
      -- A weight that the raised limit has no room for waits until the raise is over.
      if weight <= limit.permits then
        local micros, numerator = pace_under(limit)
        -- A weight above the burst waits for the whole burst, and is paid for afterwards.
        micros, numerator =
          pace_plus(micros, numerator, math.min(weight, limit.burst) - limit.burst, limit)
        local paced = math.max(from, pace_ceiling(micros, numerator))
        earliest = earliest_with_room(paced, limit.window, limit.permits - weight)
      end
      if not demand or earliest < demand.lapse then
        return earliest
      end
      -- From then on, another limit is in force, with its own earliest time.
      from = demand.lapse
    end
  end

  local function forget_starts(up_to)
    local old = redis.pcall('ZCOUNT', STARTS, '-inf', int(up_to))
    local count = type(old) == 'number' and math.min(old, MOST_FORGOTTEN) or 0
    local cum, start
    if count > 0 then
      cum, start = start_at(count - 1)
    end
    if not cum then
      -- The log has changed: let the next reader find out.
      L.oldest = NEVER
      return
    end
    L.base, L.forgotten = cum, start
    redis.call('ZREMRANGEBYRANK', STARTS, 0, count - 1)
    local _, oldest = start_at(0)
    L.oldest = oldest or L.latest
    if L.run and L.base >= L.run.stop then
      drop_run()
    end
  end

  local function append_start(start, weight, limit)
    if L.cum == L.base then
      L.oldest = start
    end
    L.cum = L.cum + weight
    L.starts = L.starts + 1
    L.permits = L.permits + weight
    L.latest = start
    unwritten = true
    local longest = S.normal.window
    for _, demand in ipairs(S.demands) do
      -- A lapsed demand no longer limits any start.
      if start < demand.lapse then
        longest = math.max(longest, demand.admitted.window)
      end
    end
    -- Starts that have left every window are forgotten when they affect a decision, or many at once.
    local spare = L.cum - L.base > limit.permits and 0 or math.floor(longest / 8)
    if L.oldest <= start - longest - spare then
      forget_starts(start - longest)
    end
  end

  -- Returns the time for which a start is requested now, and the earliest time of that start; nil if starts
  -- are paused until someone resumes.
  function next_start(now, weight)
    local asked = math.max(now, L.latest)
    local from = asked
    if is_paused(asked) then
      if S.pause == 'inf' then
        return asked, nil
      end
      from = tonumber(S.pause)
    end
    local earliest = earliest_start(from, weight)
    if log_is_lost then
      repair_log()
      log_is_lost = false
      asked = math.max(now, L.latest)
      earliest = earliest_start(math.max(from, asked), weight)
    end
    return asked, earliest
  end

  -- Returns whether a start of this weight may be made now: 'granted' and the start (the permits are then
  -- spent), 'at' and when to ask again, 'paused', or 'never' and the largest weight. The answer never goes
  -- beyond the end of a raise, which may be extended without a message to those who wait.
  function decide(now, weight)
    if weight > S.normal.permits then
      return 'never', S.normal.permits
    end
    if spare_ones > 0 and weight == 1 then
      spare_ones, uncounted_ones = spare_ones - 1, uncounted_ones + 1
      return 'granted', L.latest
    end
    count_ones()
    local limit = S.normal
    local asked, earliest
    local is_simple = false
    if S.pause == '-' and not S.demands[1] and limit.text == L.pace_limit
      and L.cum - L.base + weight <= limit.permits then
      -- Decides as the general case below, for an unchanged limit whose window has room.
      is_simple = true
      asked = now > L.latest and now or L.latest
      local burst = limit.burst
      local micros, numerator = pace_plus(L.pace, L.pace_part, (weight < burst and weight or burst) - burst, limit)
      earliest = math.max(asked, pace_ceiling(micros, numerator), L.forgotten + limit.window)
    else
      asked, earliest = next_start(now, weight)
      if not earliest then
        return 'paused'
      end
      local demand = raised(asked)
      if demand then
        limit, earliest = demand.admitted, math.min(earliest, demand.lapse)
      end
    end
    if earliest > asked then
      return 'at', earliest
    end
    local micros, numerator = pace_under(limit)
    L.pace, L.pace_part = pace_after(micros, numerator, asked, weight, limit)
    L.pace_limit = limit.text
    append_start(asked, weight, limit)
    -- The interval is rounded down and the pace up. (Intervals below a microsecond would give too few.) Not
    -- if the next start is to forget others.
    if is_simple and limit.interval >= 1 and L.oldest > asked - limit.window - math.floor(limit.window / 8) then
      spare_ones = math.min(limit.permits - L.cum + L.base,
        limit.burst - math.ceil((L.pace + 1 - asked) / limit.interval))
    end
    return 'granted', asked
  end

  -- Returns nil if the run is damaged: its entry in the log then counts as one start.
  local function parse_run(text)
    local at, burst, window, permits, size, stop =
      string.match(text, '^(%-?%d+) (%d+) (%d+) (%d+) (%d+) (%d+)$')
    return at and { at = tonumber(at), burst = tonumber(burst), window = tonumber(window),
      permits = tonumber(permits), size = tonumber(size), stop = tonumber(stop) } or nil
  end

  function new_limiter(checked)
    return { pace_limit = '', pace = NEVER, pace_part = 0, latest = NEVER, cum = 0, starts = 0,
      oldest = NEVER, forgotten = NEVER, base = 0, checked = checked, permits = 0,
      logged = NEVER, logged_cum = 0 }
  end

  -- Returns nil if it is damaged. Packed, because numbers as text take ten times as long to read.
  function unpack_limiter(packed, pace_limit, memo, run)
    -- (Comparing what is no number raises an error.)
    local ok, pace, part, latest, cum, starts, oldest, forgotten, base, checked, permits = pcall(function()
      local pace, part, latest, cum, starts, oldest, forgotten, base, checked, permits = cmsgpack.unpack(packed)
      if part < FAR and latest < FAR and cum < FAR and starts < FAR and checked < FAR and permits < FAR and cum >= base
        and pace <= latest + LONGEST and oldest <= latest and forgotten <= latest then
        return pace, part, latest, cum, starts, oldest, forgotten, base, checked, permits
      end
    end)
    if not (ok and pace) then
      return nil
    end
    run = run and parse_run(run)
    return {
      pace = pace,
      pace_part = part,
      pace_limit = pace_limit or '',
      latest = latest,
      cum = cum,
      starts = starts,
      oldest = oldest,
      forgotten = forgotten,
      base = base,
      checked = checked,
      permits = permits,
      memo = memo,
      run = run,
      -- The latest entry of the log, to which starts at the same time are added, and the weight up to it.
      logged = cum > base and not (run and run.stop == cum) and latest or NEVER,
      logged_cum = cum,
    }
  end

  -- Writes the limiter's scalars, and further fields with their values.
  function save(...)
    count_ones()
    local packed = cmsgpack.pack(L.pace, L.pace_part, L.latest, L.cum, L.starts, L.oldest, L.forgotten,
      L.base, L.checked, L.permits)
    if windows_changed then
      windows_changed = false
      redis.call('HSET', META, 'limiter', packed, 'pace_limit', L.pace_limit,
        'windows', windows, ...)
    else
      redis.call('HSET', META, 'limiter', packed, 'pace_limit', L.pace_limit, ...)
    end
  end
end)()
