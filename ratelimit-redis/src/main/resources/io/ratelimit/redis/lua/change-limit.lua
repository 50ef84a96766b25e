-- Changes the limit's settings: one change, named by `change`.
--   normal     limit               the normal limit
--   declare    limit micros        the normal limit, unless this or a later version of it was declared
--                                  before; micros is the version
--   ceiling    limit, or nothing   the limit above which no demand raises the limit
--   demand     limit micros owner  a demand for a higher limit, for this long
--   calm       owner               ends the owner's demand
--   pause      micros              a pause for this long, or 'inf'
--   resume                         ends the pause
-- A value that is already set neither changes the version nor wakes anybody; nor does a demand that leaves
-- the limit in force as it is, because waiting clients know nothing beyond the end of the one in force.
--
-- KEYS meta scope starts limits
-- ARGV given seen remembered start_up channel client change limit micros owner
-- REPLY now, latest start, settings, epoch and server or nil (ask again)
-- COST O(1)

local META, SCOPE, STARTS, LIMITS = unpack(KEYS)
local given, seen, remembered, start_up, channel, client, change, limit, micros, owner = unpack(ARGV)
-- @include basics
-- @include limiter
-- @include state
-- @include wake
-- @include loaded

local MAX_DEMANDS = 32

word('change', change, 'normal declare ceiling demand calm pause resume')
if change == 'normal' or change == 'declare' or change == 'demand' or (change == 'ceiling' and limit ~= '') then
  require_limit(limit)
end
if change == 'demand' or (change == 'pause' and micros ~= 'inf') then
  micros = whole('micros', micros, 0, FAR)
end
if change == 'declare' then
  micros = whole('micros', micros, 1, FAR)
end
if (change == 'demand' or change == 'calm') and not string.match(owner, '^%S+$') then
  error('ARGUMENT owner must be a word but is "' .. owner .. '"', 0)
end

-- Returns who demands which limit, without the times when demands lapse.
local function demanded()
  local all = {}
  for _, demand in ipairs(S.demands) do
    all[#all + 1] = demand.owner .. ' ' .. demand.limit.text
  end
  return table.concat(all, ' ')
end

local function compare_demands(one, other)
  local limits = compare_limits(one.limit, other.limit)
  return limits ~= 0 and limits or one.lapse - other.lapse
end

-- Replaces the owner's demand, or removes it, and forgets lapsed ones.
local function set_demand(own)
  local demands = {}
  for _, demand in ipairs(S.demands) do
    if demand.owner == owner then
      demands[#demands + 1] = own
      own = nil
    elseif now < demand.lapse then
      demands[#demands + 1] = demand
    end
  end
  demands[#demands + 1] = own
  if #demands > MAX_DEMANDS then
    local least = 1
    for i = 2, #demands do
      if compare_demands(demands[i], demands[least]) < 0 then
        least = i
      end
    end
    table.remove(demands, least)
  end
  S.demands = demands
end

local old_normal, old_ceiling, old_demanded, old_in_force = S.normal, S.ceiling, demanded(), in_force(now).text
local is_demand = false
if change == 'normal' then
  S.normal = parse_limit(limit)
elseif change == 'declare' then
  if micros > (tonumber(redis.call('HGET', META, 'declared') or nil) or 0) then
    S.normal = parse_limit(limit)
    write_even_if_full()
    redis.call('HSET', META, 'declared', int(micros))
  end
elseif change == 'ceiling' then
  S.ceiling = limit ~= '' and parse_limit(limit) or nil
elseif change == 'demand' then
  is_demand = true
  set_demand({ owner = owner, lapse = now + micros, limit = parse_limit(limit) })
elseif change == 'calm' then
  is_demand = true
  set_demand(nil)
elseif change == 'pause' then
  -- The longer of two pauses holds.
  if micros == 'inf' then
    S.pause = 'inf'
  elseif S.pause == '-' then
    S.pause = int(now + micros)
  elseif S.pause ~= 'inf' then
    S.pause = int(math.max(tonumber(S.pause), now + micros))
  end
else
  S.pause = '-'
end

admit_demands(S)
if format_settings(S) ~= S.text then
  -- Each change is later than the one before it, however fast they come.
  S.changed = math.max(now, S.changed + 1)
  local same_ceiling = (S.ceiling and S.ceiling.text) == (old_ceiling and old_ceiling.text)
  local same_limits = same_ceiling and S.normal.text == old_normal.text and demanded() == old_demanded
  local bounded = same_ceiling and S.ceiling and is_within(S.normal, S.ceiling)
    and is_within(old_normal, S.ceiling)
  if not same_limits and not bounded then
    S.unbounded = S.changed
  end
  local same_version = is_demand and in_force(now).text == old_in_force
  if not same_version then
    S.version = S.version + 1
  end
  S.text = format_settings(S)
  write_even_if_full()
  redis.call('HSET', META, 'settings', S.text, 'now', int(now))
  if not same_version then
    wake(channel, client)
  end
end
return reply()
