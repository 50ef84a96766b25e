-- Format, clock and numbers.
-- Needs META.

local FORMAT = 5
-- Formats from this one on can be read: later additions may be missing.
local OLDEST = 3

-- Before and after any time in use, and still exact in a double.
local NEVER = -4503599627370496
local FAR = 4503599627370496

-- '..' writes large numbers as 1.8e+15; this writes every digit, and in half the time.
local function int(number)
  return string.format('%d', number)
end

-- Returns an argument that must be a whole number in a range; otherwise ends the script before it
-- changes anything.
local function whole(name, text, least, most)
  local number = text and string.match(text, '^%-?%d+$') and tonumber(text)
  if not number or number < least or number > most then
    error('ARGUMENT ' .. name .. ' must be ' .. int(least) .. ' to ' .. int(most) .. ' but is "'
      .. tostring(text) .. '"', 0)
  end
  return number
end

-- Returns an argument that must be one of these words, separated by spaces.
local function word(name, text, words)
  if text == '' or not string.find(' ' .. words .. ' ', ' ' .. tostring(text) .. ' ', 1, true) then
    error('ARGUMENT ' .. name .. ' must be one of ' .. words .. ' but is "' .. tostring(text) .. '"', 0)
  end
  return text
end

-- Returns the reply that refuses a namespace in another format, or nil. (A format that is not a number
-- is damaged, and written again.)
local function refusal(format)
  local number = tonumber(format or nil)
  if number and (number < OLDEST or number > FORMAT) then
    return redis.error_reply('FORMAT ' .. format .. ' is '
      .. (number > FORMAT and 'newer' or 'older') .. ' than ' .. FORMAT)
  end
end

-- The time of the namespace is Redis's clock plus a shift, which compensates for changes of that clock
-- while the namespace is in use: the time advances at the true pace, and never goes back. A namespace
-- has an epoch, by which clients know whether the times that they remember belong to this timeline.

-- Clocks differ and messages take time; smaller differences prove nothing, in microseconds.
local LEEWAY = 1000000

-- Parses a client's argument about the time: "given epoch server heard expected slack sure", each '-'
-- if unknown. These are the time given by a test, the namespace's epoch and the server at its last
-- reply, the time in that reply, the earliest possible time now, the error of that, and 1 if the time
-- has certainly jumped ahead.
local function parse_clock(text)
  -- Usually, everything is known, and no time given.
  local known_epoch, known_server, heard_at, expected_at, slack_by, is_sure =
    string.match(text, '^%- (%d+) (%S+) (%d+) (%d+) (%d+) ([01])$')
  if known_epoch and #heard_at <= 16 and #expected_at <= 16 and #slack_by <= 15 then
    local heard, expected = tonumber(heard_at), tonumber(expected_at)
    if heard <= FAR and expected <= FAR then
      return { epoch = known_epoch, server = known_server, heard = heard, expected = expected,
        slack = tonumber(slack_by), sure = is_sure == '1' }
    end
  end
  local given, epoch, server, heard, expected, slack, sure =
    string.match(text, '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) ([01-])$')
  if not given then
    error('ARGUMENT given must be seven words but is "' .. text .. '"', 0)
  end
  local function known(value)
    return value ~= '-' and whole('given', value, NEVER, FAR) or nil
  end
  return { given = known(given), epoch = epoch, server = server, heard = known(heard),
    expected = known(expected), slack = known(slack) or LEEWAY, sure = sure == '1' }
end

-- "epoch shift joined": the epoch, the shift, and when the present server was taken to be another one.
local function parse_timeline(text)
  local epoch, shift, joined = string.match(text or '', '^(%d+) (%-?%d+) (%-?%d+)$')
  return { epoch = epoch or '0', shift = tonumber(shift) or 0, joined = tonumber(joined) or NEVER }
end

-- Returns Redis's clock in microseconds, or in tests, the given time.
local function raw_time(client)
  if client.given then
    return client.given
  end
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

-- Returns the time by the clock and the client's knowledge, and whether it is ahead of that.
local function time_by(raw, line, client)
  local time = raw + line.shift
  if client.expected and client.epoch == line.epoch then
    if math.abs(raw - client.expected) <= client.slack then
      return raw, false
    elseif time < client.expected - client.slack then
      return client.expected, false
    end
    return time, time > client.expected + client.slack
  end
  return time, false
end

-- While its memory is full, Redis refuses a script whose first write may need more memory, but lets it
-- write after a deletion, even of nothing. Scripts that drain, hold or stop call this.
local function write_even_if_full()
  redis.call('HDEL', META, '')
end

-- Deletes keys that others overwrote with another type: each then counts as lost, and is repaired when
-- needed. A script that may not write fails without a change.
local function keep_types(length, ...)
  for _, key in ipairs({ ... }) do
    local found = redis.pcall(length, key)
    if type(found) == 'table' and string.find(found.err, 'WRONGTYPE', 1, true) then
      redis.pcall('UNLINK', key)
    end
  end
end

-- Adds to a counter; a damaged one starts over.
local function count(name, more)
  if type(redis.pcall('HINCRBY', META, name, int(more))) == 'table' then
    redis.call('HSET', META, name, int(more))
  end
end

-- The most bytes of records that a script returns or reads, unless it is one record.
local MOST_BYTES = 4194304
