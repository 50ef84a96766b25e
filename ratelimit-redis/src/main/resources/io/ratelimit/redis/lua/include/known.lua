-- Ends the script if the namespace has a newer format.
-- Needs META and the include basics.

do
  local refused = refusal(redis.call('HGET', META, 'format'))
  if refused then
    return refused
  end
end
