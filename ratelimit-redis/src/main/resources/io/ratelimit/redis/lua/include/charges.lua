-- Returns whether a text is "/limit=key:cost" for each charge.
local function are_charges(text)
  local rest, count = string.gsub(text, '/[%w.%-*_+%%]+=[%w.%-*_+%%]*:([1-9]%d*)', function(cost)
    return #cost > 7 and '!' or ''
  end)
  return rest == '' and count <= 8
end
