-- In front of every script.

-- Milliseconds since 1970 by Redis' own clock: the one clock that all services share.
local function now_ms()
    local time = redis.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- A number as digits; Lua's own way would switch to 1e+15 one day.
local function digits(number)
    return string.format('%.0f', number)
end

-- An entry is "seen payload". From the future (the clock was set back) it is bounded like one from the past.
local function is_live(entry, now, ttl)
    return math.abs(now - tonumber(string.match(entry, '^%d+'))) <= ttl
end

