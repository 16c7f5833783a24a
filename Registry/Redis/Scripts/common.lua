-- Prefixed to every script.

-- Milliseconds since 1970 by Redis' clock, the one clock that all services share.
local function now_ms()
    local time = redis.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- A number as digits. Lua's default conversion switches to exponential notation (1e+15).
local function digits(number)
    return string.format('%.0f', number)
end

-- Whether an entry ("seen payload") is live. Entries from the future (the clock was set back) are bounded like those from the past.
local function is_live(entry, now, ttl)
    return math.abs(now - tonumber(string.match(entry, '^%d+'))) <= ttl
end

