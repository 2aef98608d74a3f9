-- wrk: a mix of addresses and browsers. Environment: PATHS names a file with an address in each line, BLOCKS one
-- with header blocks, an empty line between them. The requests are put together before the first is sent: wrk
-- must not be what is measured.
local PREPARED = 40000

local function read(name)
  local file = assert(io.open(os.getenv(name), "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

local requests, at = {}, 0

function init()
  local paths, blocks = {}, {}
  for path in read("PATHS"):gmatch("[^\n]+") do paths[#paths + 1] = path end
  for block in (read("BLOCKS")):gmatch("(.-\r\n)\r\n") do blocks[#blocks + 1] = block end
  math.randomseed(7)
  for number = 1, (#paths * #blocks == 1 and 1 or PREPARED) do
    local path, block = paths[math.random(#paths)], blocks[math.random(#blocks)]
    requests[number] = "GET " .. path .. " HTTP/1.1\r\n" .. block .. "\r\n"
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
