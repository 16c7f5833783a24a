-- Reads a hash of entries ("seen payload") and forgets those that nobody repeated.
-- KEYS: hash.  ARGV: time to live (ms).  Returns field, entry, field, entry, …
local now, ttl = now_ms(), tonumber(ARGV[1])
local entries, live = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #entries, 2 do
    if is_live(entries[i + 1], now, ttl) then
        live[#live + 1] = entries[i]
        live[#live + 1] = entries[i + 1]
    else
        redis.call('HDEL', KEYS[1], entries[i])
    end
end
return live
