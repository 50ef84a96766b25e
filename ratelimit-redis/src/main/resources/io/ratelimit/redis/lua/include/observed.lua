-- Measurements of the attempts at events of each type, by the type's name, as bytes: the attempts (2), the
-- failures (2), the sum of the counts (2), the length of the type (1), the type as last declared, and the
-- number (1) and the count (2) of each bucket of times that was ever used, in any order. The high byte
-- comes first. TypeHistory and ProcessingTimes count in the same way.
-- Needs OBSERVED.

local MOST_TYPES = 200
local MOST_BYTES_OF_A_TYPE = 255
local MOST_COUNTED = 1024
local LONGEST_MILLIS = 86400000
local HEADER = 7

-- Returns the bucket of a time in microseconds.
local function bucket_of(micros)
  local millis = math.max(0, math.min(math.floor(micros / 1000), LONGEST_MILLIS))
  if millis < 8 then
    return millis
  end
  local _, exponent = math.frexp(millis)
  return 8 * (exponent - 3) + math.floor(millis / 2 ^ (exponent - 4)) % 8
end

local function two_bytes(number)
  return math.floor(number / 256), number % 256
end

local function halved(buckets)
  local total = 0
  local half = string.gsub(buckets, '(.)(.)(.)', function(bucket, high, low)
    local count = math.floor((string.byte(high) * 256 + string.byte(low)) / 2)
    total = total + count
    return bucket .. string.char(two_bytes(count))
  end)
  return half, total
end

-- Returns these buckets with a higher count of one of them.
local function buckets_plus(buckets, bucket, more)
  local number = string.char(bucket)
  local i = string.find(buckets, number, 1, true)
  while i and i % 3 ~= 1 do
    i = string.find(buckets, number, i + 1, true)
  end
  if not i then
    return buckets .. string.char(bucket, two_bytes(more))
  end
  local high, low = string.byte(buckets, i + 1, i + 2)
  return string.sub(buckets, 1, i) .. string.char(two_bytes(high * 256 + low + more)) .. string.sub(buckets, i + 3)
end

-- Returns a history with attempts that end, given by their buckets in order. A missing or damaged history
-- begins anew.
local function history_plus(value, type_key, ended, failed)
  local attempts, failures, total, buckets = 0, 0, 0, ''
  local a, b, c, d, e, f, length = string.byte(value, 1, HEADER)
  if length and #value >= HEADER + length and (#value - HEADER - length) % 3 == 0 then
    attempts, failures, total = a * 256 + b, c * 256 + d, e * 256 + f
    buckets = string.sub(value, HEADER + length + 1)
  end
  local together = #ended > 1 and math.max(attempts, total) + #ended < MOST_COUNTED
  local counts = {}
  for _, bucket in ipairs(ended) do
    attempts, failures, total = attempts + 1, failures + (failed and 1 or 0), total + 1
    if together then
      counts[bucket] = (counts[bucket] or 0) + 1
    else
      buckets = buckets_plus(buckets, bucket, 1)
      if attempts >= MOST_COUNTED then
        attempts, failures = math.floor(attempts / 2), math.floor(failures / 2)
      end
      if total >= MOST_COUNTED then
        buckets, total = halved(buckets)
      end
    end
  end
  for bucket, count in pairs(counts) do
    buckets = buckets_plus(buckets, bucket, count)
  end
  a, b = two_bytes(attempts)
  c, d = two_bytes(failures)
  e, f = two_bytes(total)
  return string.char(a, b, c, d, e, f, #type_key) .. type_key .. buckets
end

-- Counts attempts that end now, by the leases that held their events. Runs after a settlement's deletions:
-- a full memory allows these, and then this, too. Never fails: what cannot be counted must not prevent a
-- settlement.
local function observe(leases, now, failed)
  local names, ended, types = {}, {}, {}
  -- Most leases have the type of the previous one, and were taken with it.
  local type_key, taken, buckets, bucket
  for _, lease in ipairs(leases) do
    if lease.type_key ~= type_key then
      type_key = lease.type_key
      local name = #type_key <= MOST_BYTES_OF_A_TYPE and string.match(type_key, '^%d:%d+:(.+)$')
      if name then
        if not ended[name] then
          names[#names + 1] = name
          ended[name] = {}
        end
        types[name] = type_key
      end
      buckets = name and ended[name]
    end
    if lease.taken ~= taken then
      taken = lease.taken
      bucket = bucket_of(now - taken)
    end
    if buckets then
      buckets[#buckets + 1] = bucket
    end
  end
  for _, name in ipairs(names) do
    local value = redis.pcall('HGET', OBSERVED, name)
    if type(value) == 'string' or (value == false and redis.call('HLEN', OBSERVED) < MOST_TYPES) then
      redis.pcall('HSET', OBSERVED, name, history_plus(value or '', types[name], ended[name], failed))
    end
  end
end
