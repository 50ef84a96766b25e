-- How `loads` tells limits apart: by their place among the names of limits, from 1 on, in the order of
-- their declaration.
-- Needs SCOPE.

-- More than twice what events can cost in a key together.
local LOAD_AREA = 70368744177664

local place_of_limit
do
  local places
  function place_of_limit(name)
    if not places then
      places = {}
      local count = 0
      for each in string.gmatch(redis.call('HGET', SCOPE, 'limit_names') or '', '%S+') do
        count = count + 1
        places[each] = count
      end
    end
    return places[name]
  end
end
