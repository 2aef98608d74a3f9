-- wrk: a mix of articles and browsers. Environment: PATHS and BROWSERS name files with a line for each
-- (a path; a User-Agent). Compressed answers, as browsers ask for them.
local paths, agents = {}, {}
for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = line end
for line in io.lines(os.getenv("BROWSERS")) do agents[#agents + 1] = line end

local languages = {"en", "de,en;q=0.7", "fr,en-US;q=0.8,en;q=0.5", "pt-BR,pt;q=0.9", "es"}
local blocks = {}
for number = 1, 400 do
  blocks[number] = {
    ["Host"] = "localhost",
    ["User-Agent"] = agents[(number - 1) % #agents + 1],
    ["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    ["Accept-Language"] = languages[number % #languages + 1] .. ";v=" .. number,
    ["Accept-Encoding"] = "gzip, deflate, br",
    ["Upgrade-Insecure-Requests"] = "1",
    ["Sec-Fetch-Dest"] = "document",
  }
end

function init()
  math.randomseed(7)
end

function request()
  return wrk.format("GET", paths[math.random(#paths)], blocks[math.random(#blocks)])
end
