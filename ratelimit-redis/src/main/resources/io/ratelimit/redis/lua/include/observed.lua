-- What was seen of the attempts at events of each type, by the type's name: as bytes the attempts (2),
-- the failures (2), the length of the type (1), the type as it was declared last, and for each bucket
-- of times that is not empty its number (1) and how many attempts it counts (2), in any order; the
-- larger byte is the first. The counting is that of TypeHistory and ProcessingTimes.
-- Needs OBSERVED.

local MOST_TYPES = 200
local MOST_COUNTED = 1024
local LONGEST_MILLIS = 86400000

-- The bucket of a time in microseconds.
local function bucket_of(micros)
  local millis = math.max(0, math.min(math.floor(micros / 1000), LONGEST_MILLIS))
  if millis < 8 then
    return millis
  end
  local _, exponent = math.frexp(millis)
  exponent = exponent - 1
  return 8 * (exponent - 2) + math.floor(millis / 2 ^ (exponent - 3)) % 8
end

-- The history in these bytes; one that is missing or damaged begins anew.
local function parse_history(value)
  local history = { attempts = 0, failures = 0, total = 0, buckets = {}, counts = {} }
  local a, b, c, d, length = string.byte(value, 1, 5)
  if length and (#value - 5 - length) % 3 == 0 then
    history.attempts = a * 256 + b
    history.failures = c * 256 + d
    local bytes = { string.byte(value, 6 + length, -1) }
    for i = 1, #bytes, 3 do
      local count = bytes[i + 1] * 256 + bytes[i + 2]
      history.buckets[#history.buckets + 1] = bytes[i]
      history.counts[bytes[i]] = count
      history.total = history.total + count
    end
  end
  return history
end

local function format_history(history, type_key)
  local function pair(number)
    return math.floor(number / 256), number % 256
  end
  local bytes = {}
  for _, bucket in ipairs(history.buckets) do
    local count = history.counts[bucket]
    if count > 0 then
      local high, low = pair(count)
      local n = #bytes
      bytes[n + 1], bytes[n + 2], bytes[n + 3] = bucket, high, low
    end
  end
  local a, b = pair(history.attempts)
  local c, d = pair(history.failures)
  return string.char(a, b, c, d, #type_key) .. type_key .. string.char(unpack(bytes))
end

local function count_attempt(history, bucket, failed)
  local attempts, failures = history.attempts + 1, history.failures + (failed and 1 or 0)
  if attempts >= MOST_COUNTED then
    attempts, failures = math.floor(attempts / 2), math.floor(failures / 2)
  end
  history.attempts, history.failures = attempts, failures
  if not history.counts[bucket] then
    history.buckets[#history.buckets + 1] = bucket
    history.counts[bucket] = 0
  end
  history.counts[bucket] = history.counts[bucket] + 1
  history.total = history.total + 1
  if history.total >= MOST_COUNTED then
    history.total = 0
    for _, some in ipairs(history.buckets) do
      history.counts[some] = math.floor(history.counts[some] / 2)
      history.total = history.total + history.counts[some]
    end
  end
end

-- Counts attempts that have ended now, of the leases given, by type. Called after the settlement's
-- deletions, and never an error: what cannot be counted is not worth a settlement.
local function observe(leases, now, failed)
  local attempts, order = {}, {}
  for _, lease in ipairs(leases) do
    local taken, type_key = leased_type(lease)
    local name = string.match(type_key, '^%d:%d+:(.+)$')
    if not attempts[name] then
      attempts[name] = { buckets = {} }
      order[#order + 1] = name
    end
    local some = attempts[name]
    some.type_key = type_key
    some.buckets[#some.buckets + 1] = bucket_of(now - taken)
  end
  for _, name in ipairs(order) do
    local value = redis.pcall('HGET', OBSERVED, name)
    if type(value) == 'string' or (value == false and redis.call('HLEN', OBSERVED) < MOST_TYPES) then
      local history = parse_history(value or '')
      for _, bucket in ipairs(attempts[name].buckets) do
        count_attempt(history, bucket, failed)
      end
      redis.pcall('HSET', OBSERVED, name, format_history(history, attempts[name].type_key))
    end
  end
end
