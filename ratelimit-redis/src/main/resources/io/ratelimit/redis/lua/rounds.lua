-- Returns the records of rounds that ended since a time, newest first; records of the same time by
-- descending id. Up to `max` records and a bounded number of bytes, or one record.
--
-- KEYS meta rounds
-- ARGV since before before_id max
-- REPLY 1 if there may be more or 0, [when it ended, its id or '', its record]…
-- COST O(log n), and for each record

local META, ROUNDS = unpack(KEYS)
local since, before, before_id, max = unpack(ARGV)
-- @include basics

local AT_ONCE = 50

since = whole('since', since, 1, FAR)
max = whole('max', max, 1, 1000)
local from = before == '' and '+inf' or int(whole('before', before, NEVER, FAR))

local page, bytes, offset = { 0 }, 0, 0
while true do
  local found =
    redis.call('ZREVRANGEBYSCORE', ROUNDS, from, int(since), 'WITHSCORES', 'LIMIT', offset, AT_ONCE)
  for i = 1, #found, 2 do
    local record, ended = found[i], int(tonumber(found[i + 1]))
    local id = string.match(record, '^{"v":%d+,"id":"([^"]*)"') or ''
    -- Skips those that the previous page returned with the same time.
    if ended ~= from or id < before_id then
      bytes = bytes + #record
      if #page > 1 and ((#page - 1) / 3 >= max or bytes > MOST_BYTES) then
        page[1] = 1
        return page
      end
      page[#page + 1] = ended
      page[#page + 1] = id
      page[#page + 1] = record
    end
  end
  if #found < 2 * AT_ONCE then
    return page
  end
  offset = offset + AT_ONCE
end
