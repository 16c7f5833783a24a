-- Reads some or all entries ("seen payload") of a hash and deletes those that have expired.
-- Entries also expire when Redis is out of memory and rejects heartbeats, which proves nothing about who sends them. Redis still deletes then, but does not write. So an entry is written
-- before it is deleted: the read fails, and the reader keeps what it knows.
-- KEYS: hash.  ARGV: time to live (ms), then the fields; none means all.  Returns field, entry, field, entry, …
local now, ttl = now_ms(), tonumber(ARGV[1])
local entries, live = {}, {}
if #ARGV == 1 then
    entries = redis.call('HGETALL', KEYS[1])
end
for i = 2, #ARGV do
    local entry = redis.call('HGET', KEYS[1], ARGV[i])
    if entry then
        entries[#entries + 1] = ARGV[i]
        entries[#entries + 1] = entry
    end
end

for i = 1, #entries, 2 do
    if is_live(entries[i + 1], now, ttl) then
        live[#live + 1] = entries[i]
        live[#live + 1] = entries[i + 1]
    else
        redis.call('HSET', KEYS[1], entries[i], entries[i + 1])
        redis.call('HDEL', KEYS[1], entries[i])
    end
end
return live
