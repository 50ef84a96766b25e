-- Loads the limiter, or ends the script if the namespace has another format, or if the client must
-- ask again because the time may be wrong.
-- Needs given, seen, remembered, start_up and the includes basics, limiter and state.

do
  local refused = load_state(given, seen, remembered, start_up)
  if refused then
    return refused
  end
end
