-- Pending events, in the order in which to take them.
-- Needs the keys of take, now, names, aging, MAX, at_once, keyed and the includes basics, state, events, fresh, terms,
-- attempts, aside and loaded.

-- Nil means all types.
local names_wanted
for name in string.gmatch(names, '%S+') do
  names_wanted = names_wanted or {}
  names_wanted[name] = true
end

-- For each priority, the events that come next, and after them those set aside, in any number of rows. Each
-- row is in order and fetched in chunks; `used` counts the events that were decided on, which are always
-- the first of their row. Records are fetched later than ids, and for the first event only one record, so
-- that a denied take fetches no more than that.
local rows = {} -- By priority.
local set_aside, left_aside, unkeyed = {}, {}, {}
local bytes = 0

local begin_rows, next_event
do
  local function first_aside(prefix)
    return redis.call('ZRANGEBYLEX', ASIDE_TYPES, '[' .. prefix .. ' ', '(' .. prefix .. '!', 'LIMIT', 0, 1)[1]
  end

  local function new_row(rank, key)
    return { rank = rank, key = key, used = 0, first = 0, ids = {}, before = 0, fetched = 0 }
  end

  -- A row of events that are still in their list. `passed` counts the entries that end with each of them,
  -- `leading` those before all of them.
  local function fresh_row(rank, list)
    return { rank = rank, list = list, used = 0, first = 0, ids = {}, before = 0, fetched = 0, raw = 0, leading = 0,
      passed = {} }
  end

  local names_aside -- wanted types of which some events are set aside; nil: all types, or nothing is set aside
  local is_any_aside = false

  function begin_rows(some_aside)
    is_any_aside = some_aside
    if some_aside and names_wanted then
      names_aside = {}
      for name in pairs(names_wanted) do
        if first_aside(name) then
          names_aside[#names_aside + 1] = name
        end
      end
    end
  end

  -- Returns the rows of one priority: most takes need only the first.
  local function find_rows(rank)
    local priority = int(rank)
    local row = new_row(rank, PENDING[priority])
    row.fresh = fresh_row(rank, FRESH[priority])
    local found = { row }
    if is_any_aside and not names_wanted then
      row = new_row(rank)
      row.after = 0
      found[2] = row
    end
    for _, name in ipairs(names_aside or {}) do
      local prefix = name .. ' ' .. priority
      if first_aside(prefix) then
        row = new_row(rank)
        row.after, row.to = '[' .. prefix .. ' ', '(' .. prefix .. '!'
        found[#found + 1] = row
      end
    end
    return found
  end

  -- Reads a list, skipping a bounded number of withdrawn entries at a time.
  local function next_fresh(queue, size)
    local ids, from = {}, queue.raw
    local entries
    repeat
      entries = redis.call('LRANGE', queue.list, queue.raw, queue.raw + size - 1)
      local raw, passed = queue.raw, queue.passed
      local before, found = #passed, #ids
      for i = 1, #entries do
        local space = string.find(entries[i], ' ', 1, true)
        raw = raw + 1
        if space then
          before, found = before + 1, found + 1
          ids[found], passed[before] = string.sub(entries[i], space + 1), raw
        elseif before == 0 then
          queue.leading = raw
        end
      end
      queue.raw = raw
    until #ids > 0 or #entries < size or queue.raw >= from + MAX.PASSED
    queue.is_cut = #ids == 0 and #entries == size
    return ids, #entries < size
  end

  local function next_ids(queue, size)
    local ids = {}
    if queue.list then
      return next_fresh(queue, size)
    elseif queue.key then
      ids = redis.call('ZRANGE', queue.key, queue.used, queue.used + size - 1)
    elseif queue.to then
      local members = redis.call('ZRANGEBYLEX', ASIDE_TYPES, queue.after, queue.to, 'LIMIT', 0, size)
      for i, member in ipairs(members) do
        ids[i] = select(5, parse_aside(member))
      end
      queue.after = #ids > 0 and '(' .. members[#ids]
    else
      local found = aside_range(queue.rank, queue.after, SPAN, size)
      for i = 1, #found, 2 do
        ids[#ids + 1] = found[i]
        queue.after = found[i + 1] - aside_score(queue.rank, 0)
      end
    end
    return ids, #ids < size
  end

  -- An event rises by one priority for each interval that it has waited.
  local function rank_of(event)
    event.rank = event.rank or event.queue.rank - (aging > 0 and math.floor((now - event.published) / aging) or 0)
    return event.rank
  end

  local function is_before(event, other)
    return tonumber(event.sequence) < tonumber(other.sequence)
  end

  -- Returns the first event of a row. It is in the wrong row if its type is not wanted, or if it has
  -- charges and was put here when its flow was lost. (An unreadable event is for any taker: it goes to the
  -- failed queue.)
  local function head(queue, wanted)
    if queue.event and queue.event_at == queue.used then
      return queue.event
    end
    local i = queue.used - queue.first + 1
    if i > #queue.ids and not queue.ended then
      local size = math.min(wanted, MAX.CHUNK)
      queue.first, i = queue.used, 1
      queue.ids, queue.ended = next_ids(queue, size)
      queue.fetched = 0
      queue.attempts = {}
      if #queue.ids > 0 and redis.call('HLEN', ATTEMPTS) > 0 then
        queue.attempts = redis.call('HMGET', ATTEMPTS, unpack(queue.ids))
      end
    end
    if i > #queue.ids then
      return nil
    end
    if i > queue.fetched then
      local last = queue.used == 0 and 1 or math.min(#queue.ids, i - 1 + at_once())
      queue.records = redis.call('HMGET', EVENTS, unpack(queue.ids, i, last))
      queue.before, queue.fetched = i - 1, last
    end
    local record = queue.records[i - queue.before]
    local sequence, published, weight, type_key, _, content, charges, terms = parse_record(record)
    local is_readable = content and is_whole(record, content)
    queue.is_misplaced = is_readable
      and (charges ~= '' or (names_wanted and not names_wanted[string.match(type_key, '([^:]+)$')]))
    local attempts = queue.attempts[i]
    -- Has room for the values of a taken event: growing a table takes longer.
    local event = { queue = queue, id = queue.ids[i], record = record, attempts = attempts and attempts_of(attempts) or 0,
      sequence = sequence, published = published,
      weight = weight == '1' and 1 or tonumber(weight or 0), type_key = type_key,
      is_readable = is_readable, charges = charges, terms = terms,
      start = 0, token = '', attempt = 0, expires = 0 }
    queue.event, queue.event_at = event, queue.used
    return event
  end

  -- Returns the first event of a row and of the list beside it, and its row; nil if unknown.
  local function first_of(queue, wanted)
    local event, fresh = head(queue, wanted), queue.fresh
    local other = fresh and head(fresh, wanted)
    if other and (not event or (event.is_readable and (not other.is_readable or is_before(other, event)))) then
      return other, fresh
    elseif fresh and not other and fresh.is_cut then
      return nil, fresh
    end
    return event, queue
  end

  -- Returns the next wanted event of a row, and its row; sets aside those before it, while there is room.
  local function next_wanted(queue, wanted)
    local event, row = first_of(queue, wanted)
    while event and row.is_misplaced and (keyed or event.charges == '')
      and #set_aside + #unkeyed < MAX.SET_ASIDE and bytes < MOST_BYTES do
      local moved = event.charges ~= '' and unkeyed or set_aside
      moved[#moved + 1] = event
      bytes = bytes + #event.record
      row.used = row.used + 1
      event, row = first_of(queue, MAX.CHUNK)
    end
    return event, row
  end

  local in_turn
  if is_charged then
    local heads = {}

    -- Returns the first event of the flow whose turn it is in a priority, or the event without charges if
    -- its turn is earlier.
    function in_turn(priority, other)
      local K = keyed()
      local flow, ticket = K.first(priority, names_wanted)
      if not flow or (other and (tonumber(redis.call('HGET', TURNS, 't' .. int(priority))) or 0) < ticket) then
        return other
      end
      local id, member = K.head(flow)
      if not heads[flow] or heads[flow].id ~= id then
        local record = id and redis.call('HGET', EVENTS, id)
        local sequence, published, weight, type_key, _, content, charges, terms = parse_record(record)
        heads[flow] = { queue = { rank = priority, used = 0 }, id = id, record = record,
          attempts = attempts_of(id and redis.call('HGET', ATTEMPTS, id)), sequence = sequence,
          published = published, weight = tonumber(weight or 0), type_key = type_key, charges = charges, terms = terms,
          is_readable = content and is_whole(record, content), flow = flow, member = member }
      end
      return heads[flow]
    end
  end

  -- Returns the first event of a priority; or nil, and 'again' if it is unknown.
  local function first_in(priority, wanted)
    rows[priority] = rows[priority] or find_rows(priority)
    local first
    for _, queue in ipairs(rows[priority]) do
      local event, found = next_wanted(queue, wanted)
      if not event and found.is_cut then
        return nil, 'again'
      end
      if event and found.is_misplaced then
        if not keyed and event.charges ~= '' then
          redis.call('HSET', META, 'charged', 1)
        end
        return nil, 'again'
      end
      if event and not event.is_readable then
        return event
      end
      if event and (not first or is_before(event, first)) then
        first = event
      end
    end
    return is_charged and in_turn(priority, first) or first
  end

  -- The first event of each priority stays so until it is decided on, unless turns matter.
  local firsts = {}

  function next_event(wanted)
    local best
    for priority = 0, 2 do
      if best and aging == 0 then
        return best
      end
      local first = firsts[priority]
      if first == nil or is_charged or (first and first.queue.used ~= first.queue.event_at) then
        local unknown
        first, unknown = first_in(priority, wanted)
        if unknown then
          return nil, unknown
        end
        firsts[priority] = first or false
      end
      if first and not first.is_readable then
        return first
      end
      if first and (not best or rank_of(first) < rank_of(best)) then
        best = first
      end
    end
    return best, 'empty'
  end
end
