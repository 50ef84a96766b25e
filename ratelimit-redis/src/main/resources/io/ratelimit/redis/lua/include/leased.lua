-- Finds out once in a call which events are leased.
-- Needs LEASES and the include leases.

local is_leased
do
  local ids
  function is_leased(id)
    if not ids then
      ids = {}
      for _, text in ipairs(redis.call('HVALS', LEASES)) do
        local lease = parse_lease(text)
        if lease then
          ids[lease.id] = true
        end
      end
    end
    return ids[id]
  end
end
