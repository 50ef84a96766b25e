-- Records of events: "sequence publishedAt weight type " and then the client's bytes, where the type is
-- "priority:processingMicros:name". The charges of named limits follow the weight, "/key:cost" for each,
-- and then what remains to be done of the publication's terms. Both change only while the event waits. The
-- number of attempts is kept separately.
-- Needs META, PENDING_HIGH, PENDING_NORMAL, PENDING_LOW, TYPES, EVENTS and the includes basics and charges.

local PENDING = { ['0'] = PENDING_HIGH, ['1'] = PENDING_NORMAL, ['2'] = PENDING_LOW }

-- More than any sequence; three times as much is still exact in a double.
local SPAN = 1125899906842624

local function aside_score(priority, sequence)
  return priority * SPAN + sequence
end

-- Returns whether a text has the form that the include terms describes.
local function are_terms(text)
  local rest = string.gsub(text, '![dfr]%-?%d+', '')
  return string.gsub(rest, '!l[%w.%-*_+%%]+', '') == ''
end

-- Returns strings, as most are needed as they are, and where the client's bytes begin; nil if there
-- is no record or it has another form.
local function parse_record(record)
  record = record or ''
  local charges, terms = '', ''
  local sequence, published, weight, type_key, priority, content =
    string.match(record, '^(%d+) (%-?%d+) ([1-9]%d*) (([012]):%d+:%S+) ()')
  if not sequence then
    sequence, published, weight, charges, terms, type_key, priority, content =
      string.match(record, '^(%d+) (%-?%d+) ([1-9]%d*)(/?[^! ]*)(!?%S*) (([012]):%d+:%S+) ()')
  end
  if sequence and #sequence <= 15 and #published <= 17 and #weight <= 7 and #type_key <= 80
    and (charges == '' or are_charges(charges)) and (terms == '' or are_terms(terms)) then
    return sequence, published, weight, type_key, priority, content, charges, terms
  end
end

-- Returns where a string of the client's ends, or nil.
local function after_string(record, from)
  local length, start = string.match(record, '^(%d+):()', from)
  local after = length and start + length
  return after and after <= #record + 1 and after
end

-- Returns whether the client's bytes hold the wallet, and as many attributes as they announce.
local function is_whole(record, content)
  local from = after_string(record, content)
  local first, second = string.byte(record, from or #record + 1, (from or #record) + 1)
  if first == 48 and second == 59 then
    return true -- "0;": usually, there are none.
  end
  local attributes, at = string.match(record, '^(%d+);()', from or #record + 1)
  if not attributes then
    return false
  end
  for _ = 1, 2 * attributes do
    at = after_string(record, at)
    if not at then
      return false
    end
  end
  return true
end

-- Pending events are counted by type, and those that weigh more than 1 by "type weight"; nil for a
-- record that cannot be read.
local function counted_as(type_key, weight)
  if type_key then
    return (weight == 1 or weight == '1') and type_key or type_key .. ' ' .. int(weight)
  end
end

-- The most types that are told apart, unless the last publisher chose another number. Further types are
-- counted among the others of their priority, "+priority" or "+priority weight", with the weight rounded up
-- to a power of two. An event that leaves is subtracted from its own count while there is one, so the sum
-- is always right.
local COUNTED_TYPES = 1000

local function others_of(counted)
  local priority, weight = string.match(counted, '^(%d):%S+ ?(%d*)$')
  local rounded = 1
  while rounded < (tonumber(weight) or 1) do
    rounded = rounded * 2
  end
  return '+' .. (priority or '0') .. (rounded > 1 and ' ' .. int(rounded) or '')
end

local function add_count(counted, change)
  local left = redis.pcall('HINCRBY', TYPES, counted, change)
  if type(left) == 'table' or left <= 0 then
    redis.call('HDEL', TYPES, counted)
  end
  return left
end

local function count_type(counted, change)
  local left = counted and add_count(counted, change)
  if type(left) ~= 'number' then
    return
  end
  if left < 0 then
    add_count(others_of(counted), left)
  elseif left == change
    and redis.call('HLEN', TYPES) > (tonumber(redis.call('HGET', META, 'counted')) or COUNTED_TYPES) then
    redis.call('HDEL', TYPES, counted)
    add_count(others_of(counted), change)
  end
end
