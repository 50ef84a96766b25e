-- Pending events that named limits charge, as io.ratelimit.core.internal.memory.KeyedEvents has them:
-- a flow for each priority and combination of keys; flows that may start take turns, others stand
-- aside in the line of a key, one line for each type of the flows' first events, until it opens.
-- A key is "limit=key", both encoded as in a URL; a flow is "priority key key…"; a line "key|type".
--   keyed   sorted set of ids, by aside_score(priority, sequence)
--   flows   "flow|sequence|id", in the order of its members
--   lines   "|type|priority|ticket|flow" and "|*|priority|ticket|flow" for a flow whose turn comes, and
--           "key|type|priority|ticket|flow" for a flow that stands aside, in the order of its members
--   turns   'f' and a flow: "ticket type key woken", the key where it stands aside and the line that
--           released it, or '-'; 'w' and a line: the flow that it released; 't' and a priority: the last
--           turn of events without charges
--   closed  sorted set of the lines that have not released a flow, by the time when they open: FAR if
--           unknown, or in a scope, FAR + the time to examine them again
--   loads   sorted set of keys, by LOAD_AREA × the place of their limit among `limit_names` + the total
--           cost of the events there; and '', by how many events were counted
-- Needs META, EVENTS, KEYED, FLOWS, LINES, TURNS, CLOSED, LOADS and the includes basics, loads and events.

-- The functions, created on first use: most calls need none.
local keyed
do
  local parts

  local function open()
    local K = {}
    keep_types('ZCARD', KEYED, FLOWS, LINES, CLOSED, LOADS)
    keep_types('HLEN', TURNS)

    local function first_member(key, prefix)
      return redis.call('ZRANGEBYLEX', key, '[' .. prefix .. '|', '(' .. prefix .. '}', 'LIMIT', 0, 1)[1]
    end

    function K.flow_of(priority, charges)
      local keys = {}
      for key in string.gmatch(charges, '/([^:/]+)') do
        keys[#keys + 1] = key
      end
      return priority .. ' ' .. table.concat(keys, ' ')
    end

    function K.next_turn()
      return redis.call('HINCRBY', META, 'turn', 1)
    end

    -- Returns the id of a flow's first event, and its member.
    function K.head(flow)
      local member = first_member(FLOWS, flow)
      return member and string.sub(member, #flow + 19), member
    end

    function K.state(flow)
      local ticket, type, key, woken = string.match(redis.call('HGET', TURNS, 'f' .. flow) or '',
        '^(%d+) (%S+) (%S+) (%S+)$')
      return ticket and { flow = flow, ticket = ticket, type = type, key = key, woken = woken,
        priority = string.sub(flow, 1, 1) }
    end

    local function place_of(state)
      return '|' .. state.priority .. '|' .. string.format('%016d', state.ticket) .. '|' .. state.flow
    end

    local function save_state(state)
      redis.call('HSET', TURNS, 'f' .. state.flow,
        int(state.ticket) .. ' ' .. state.type .. ' ' .. state.key .. ' ' .. state.woken)
    end

    function K.list(state)
      state.key = '-'
      redis.call('ZADD', LINES, 0, '|' .. state.type .. place_of(state), 0, '|*' .. place_of(state))
      save_state(state)
    end

    function K.unlist(state)
      redis.call('ZREM', LINES, '|' .. state.type .. place_of(state), '|*' .. place_of(state))
    end

    -- Marks the first flow of a line for examination, unless one is released; removes a line without
    -- flows.
    local function open_soon(line)
      if not first_member(LINES, line) then
        redis.call('ZREM', CLOSED, line)
      elseif redis.call('HEXISTS', TURNS, 'w' .. line) == 0 then
        redis.call('ZADD', CLOSED, 0, line)
      end
    end

    -- Ends a flow's release by a line, so that the next one is examined.
    function K.dismiss(state)
      if state.woken ~= '-' then
        local line = state.woken .. '|' .. state.type
        state.woken = '-'
        redis.call('HDEL', TURNS, 'w' .. line)
        open_soon(line)
      end
    end

    local function detach(state)
      if state.key == '-' then
        K.unlist(state)
        K.dismiss(state)
      else
        redis.call('ZREM', LINES, state.key .. '|' .. state.type .. place_of(state))
        open_soon(state.key .. '|' .. state.type)
      end
    end

    local function name_of(type_key)
      return string.match(type_key, '([^:]+)$')
    end

    -- Adds the costs of a charge to the load of each key, or subtracts them.
    local function load(charges, sign)
      if tonumber(redis.call('ZINCRBY', LOADS, sign, '')) <= 0 then
        redis.call('UNLINK', LOADS)
        return
      end
      for key, cost in string.gmatch(charges, '/([^:/]+):(%d+)') do
        local sum = tonumber(redis.call('ZINCRBY', LOADS, sign * cost, key))
        local place = sign > 0 and sum < LOAD_AREA and place_of_limit(string.match(key, '^[^=]*'))
        if place then
          redis.call('ZINCRBY', LOADS, int(place * LOAD_AREA), key)
        elseif sum < LOAD_AREA or sum % LOAD_AREA == 0 or sum % LOAD_AREA > LOAD_AREA / 2 then
          -- No event charges it any more, or another process counted it.
          redis.call('ZREM', LOADS, key)
        end
      end
    end

    function K.add(id, sequence, type_key, priority, charges)
      load(charges, 1)
      local flow = K.flow_of(priority, charges)
      redis.call('ZADD', KEYED, int(aside_score(priority, sequence)), id)
      redis.call('ZADD', FLOWS, 0, flow .. string.format('|%016d|', sequence) .. id)
      local state = K.state(flow)
      if not state then
        redis.call('HSET', META, 'charged', 1)
        K.list({ flow = flow, ticket = K.next_turn(), type = name_of(type_key), woken = '-',
          priority = priority })
      elseif K.head(flow) == id then
        -- This event may cost less than the previous first one, or have another type.
        detach(state)
        state.type = name_of(type_key)
        K.list(state)
      end
    end

    -- Counts the costs of the events again, if there are at most this many and not all were counted:
    -- the counts are lost, or a process of an older version does not count.
    function K.recount(most)
      local waiting = redis.call('ZCARD', KEYED)
      if waiting > most or waiting == (tonumber(redis.call('ZSCORE', LOADS, '')) or 0) then
        return
      end
      redis.call('UNLINK', LOADS)
      local ids = redis.call('ZRANGE', KEYED, 0, -1)
      for _, record in ipairs(waiting > 0 and redis.call('HMGET', EVENTS, unpack(ids)) or {}) do
        load(select(7, parse_record(record)) or '', 1)
      end
    end

    local function type_of_head(flow)
      local id = K.head(flow)
      if id then
        local _, _, _, type_key = parse_record(redis.call('HGET', EVENTS, id))
        return type_key and name_of(type_key) or 'UNREADABLE'
      end
    end

    -- Removes an event; if it was the first of its flow, the next one is first.
    function K.discard(id, priority, charges, sequence)
      load(charges, -1)
      local flow = K.flow_of(priority, charges)
      local was_first = K.head(flow) == id
      redis.call('ZREM', KEYED, id)
      redis.call('ZREM', FLOWS, flow .. string.format('|%016d|', sequence) .. id)
      local state = was_first and K.state(flow)
      if state then
        detach(state)
        state.type = type_of_head(flow)
        if state.type then
          K.list(state)
        else
          redis.call('HDEL', TURNS, 'f' .. flow)
        end
      end
    end

    -- Removes the first event of a flow after its turn; the flow goes behind the others.
    function K.remove_head(state, id, member, charges)
      load(charges, -1)
      redis.call('ZREM', KEYED, id)
      redis.call('ZREM', FLOWS, member)
      K.unlist(state)
      K.dismiss(state)
      state.type = type_of_head(state.flow)
      if state.type then
        state.ticket = K.next_turn()
        K.list(state)
      else
        redis.call('HDEL', TURNS, 'f' .. state.flow)
      end
    end

    -- Releases the first flow of each line that opens now, of up to `most` lines; returns their
    -- number.
    function K.wake(at, most, is_scoped)
      local due = redis.call('ZRANGEBYSCORE', CLOSED, '-inf', int(at), 'LIMIT', 0, most)
      if is_scoped and #due < most then
        for _, line in ipairs(redis.call('ZRANGEBYSCORE', CLOSED, int(FAR), int(FAR + at), 'LIMIT', 0, most - #due)) do
          due[#due + 1] = line
        end
      end
      for _, line in ipairs(due) do
        redis.call('ZREM', CLOSED, line)
        local member = first_member(LINES, line)
        local flow = member and string.match(string.sub(member, #line + 1), '^|%d|%d+|(.*)$')
        local state = flow and K.state(flow)
        if member then
          redis.call('ZREM', LINES, member)
        end
        if state then
          state.woken = string.match(line, '^[^|]*')
          redis.call('HSET', TURNS, 'w' .. line, flow)
          K.list(state)
        end
      end
      return #due
    end

    -- Returns the next flow of a priority whose first event is wanted, and its ticket.
    function K.first(priority, names)
      local best, best_ticket
      for name in pairs(names or { ['*'] = true }) do
        local prefix = '|' .. name .. '|' .. priority
        local member = first_member(LINES, prefix)
        if member then
          local ticket = tonumber(string.sub(member, #prefix + 2, #prefix + 17))
          if not best or ticket < best_ticket then
            best, best_ticket = string.sub(member, #prefix + 19), ticket
          end
        end
      end
      return best, best_ticket
    end

    -- Returns whether one of two flows comes before the other.
    local function precedes(priority, ticket, state)
      if priority ~= state.priority then
        return priority < state.priority
      end
      return tonumber(ticket) < tonumber(state.ticket)
    end

    -- Returns when the last line of a key opens that is closed for a flow before this one, or nil.
    function K.reserved_until(key, state, at)
      local latest
      local from = '[' .. key .. '|'
      while true do
        local member = redis.call('ZRANGEBYLEX', LINES, from, '(' .. key .. '}', 'LIMIT', 0, 1)[1]
        if not member then
          return latest
        end
        local type, priority, ticket = string.match(string.sub(member, #key + 1), '^|([^|]*)|(%d)|(%d+)|')
        if not type then
          return latest
        end
        local opens = tonumber(redis.call('ZSCORE', CLOSED, key .. '|' .. type) or 0)
        if opens > at and precedes(priority, ticket, state) then
          latest = math.max(latest or opens, opens)
        end
        from = '[' .. key .. '|' .. type .. '}'
      end
    end

    -- Makes a flow stand aside at a key that is closed for it until a time.
    function K.stand_aside(state, key, opens)
      K.unlist(state)
      K.dismiss(state)
      local line = key .. '|' .. state.type
      local woken = redis.call('HGET', TURNS, 'w' .. line)
      local other = woken and K.state(woken)
      if other then
        -- The flow with the earlier turn goes first.
        K.unlist(other)
        other.woken, other.key = '-', key
        redis.call('HDEL', TURNS, 'w' .. line)
        redis.call('ZADD', LINES, 0, line .. place_of(other))
        save_state(other)
      end
      state.key = key
      redis.call('ZADD', LINES, 0, line .. place_of(state))
      save_state(state)
      if first_member(LINES, line) == line .. place_of(state) then
        redis.call('ZADD', CLOSED, int(opens), line)
      elseif not redis.call('ZSCORE', CLOSED, line) then
        redis.call('ZADD', CLOSED, 0, line)
      end
    end

    -- Returns when the next line opens whose first event is wanted, or nil; with very many lines, an
    -- earlier time.
    function K.next_opening(names)
      local lines = redis.call('ZRANGE', CLOSED, 0, 99, 'WITHSCORES')
      for i = 1, #lines, 2 do
        local opens = tonumber(lines[i + 1])
        if opens >= FAR then
          return nil
        elseif not names or names[string.match(lines[i], '|(.*)$')] or i == 199 then
          return opens
        end
      end
    end

    -- Repairs sets that contradict each other: moves some events back among those without charges,
    -- from where takes put them into flows again.
    function K.dissolve(most)
      redis.call('UNLINK', LINES, TURNS, CLOSED, LOADS)
      local scored = redis.call('ZRANGE', KEYED, 0, most - 1, 'WITHSCORES')
      local members = redis.call('ZRANGE', FLOWS, 0, most - 1)
      for i = 1, #scored, 2 do
        local sequence = scored[i + 1] % SPAN
        local priority = int((scored[i + 1] - sequence) / SPAN)
        redis.call('ZADD', PENDING[priority], int(sequence), scored[i])
      end
      for _, member in ipairs(members) do
        local priority, sequence, id = string.match(member, '^(%d)[^|]*|(%d+)|(.*)$')
        if id then
          redis.call('ZADD', PENDING[priority], sequence, id)
        end
      end
      redis.call('ZREMRANGEBYRANK', KEYED, 0, most - 1)
      redis.call('ZREMRANGEBYRANK', FLOWS, 0, most - 1)
    end

    -- Opens lines whose opening time was lost, up to `most` of them from a position. Returns the next
    -- position, '' at the end. With `all`, opens all lines: what closed them was lost.
    function K.mend(from, most, all)
      for _ = 1, most do
        local member = redis.call('ZRANGEBYLEX', LINES, from == '' and '-' or from, '(|', 'LIMIT', 0, 1)[1]
        local line = member and string.match(member, '^([^|]+|[^|]*)|')
        if not line then
          return ''
        end
        if all then
          redis.call('ZADD', CLOSED, 'XX', 0, line)
        elseif not redis.call('ZSCORE', CLOSED, line) and redis.call('HEXISTS', TURNS, 'w' .. line) == 0 then
          redis.call('ZADD', CLOSED, 0, line)
        end
        from = '[' .. line .. '}'
      end
      return from
    end

    function K.is_broken()
      local waiting = redis.call('ZCARD', FLOWS)
      return redis.call('ZCARD', KEYED) ~= waiting
        or (waiting > 0 and (redis.call('ZCARD', LINES) == 0 or redis.call('HLEN', TURNS) == 0))
    end

    return K
  end

  function keyed()
    parts = parts or open()
    return parts
  end
end
