-- Events that have waited since their publication, in order: a list per priority, with "sequence id"
-- for each; `pending`, which needs three times the memory, is for returned ones. An event that is
-- withdrawn from the middle leaves its sequence; META counts these in `withdrawn0` to `withdrawn2`.
-- Needs META, FRESH_HIGH, FRESH_NORMAL, FRESH_LOW and the include basics.

local FRESH = { ['0'] = FRESH_HIGH, ['1'] = FRESH_NORMAL, ['2'] = FRESH_LOW }

-- Returns the sequence of an entry and its id, '' if it was withdrawn; nil if it is damaged.
local function parse_fresh(entry)
  local sequence, id = string.match(entry, '^(%d+) ?(.*)$')
  return tonumber(sequence), id
end

-- Subtracts withdrawn entries that are gone. (If their number was lost, these may be more than were
-- counted.)
local function pass_withdrawn(priority, gone)
  local field = 'withdrawn' .. priority
  count(field, -gone)
  if (tonumber(redis.call('HGET', META, field)) or 0) < 0 then
    redis.call('HDEL', META, field)
  end
end
