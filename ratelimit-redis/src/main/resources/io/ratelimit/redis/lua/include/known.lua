-- Ends the script if the namespace has another format.
-- Needs META and the include basics.

do
  local refused = refusal(redis.call('HGET', META, 'format'))
  if refused then
    return refused
  end
end
