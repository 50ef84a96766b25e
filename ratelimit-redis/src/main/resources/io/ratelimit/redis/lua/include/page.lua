-- A reply of rows with a bounded number of bytes. If it is cut short, its first value is 1, and the
-- reader asks for the rest.
-- Needs the include basics.

local page, page_bytes = { 0 }, 0

-- Returns whether there is room for another row; `large` is the large value in this one, if any.
local function add_row(large, ...)
  for i = 1, select('#', ...) do
    page[#page + 1] = select(i, ...)
  end
  page_bytes = page_bytes + #(large or '')
  if page_bytes < MOST_BYTES then
    return true
  end
  page[1] = 1
  return false
end
