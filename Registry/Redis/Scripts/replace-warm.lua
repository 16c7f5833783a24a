-- Replaces the warm list of a server, unless it has unregistered. Only a change of the set of affinities sends a change notification: their times always change.
-- KEYS: warm list, removed mark.  ARGV: time to live (ms), channel, change notification, then affinity, last used (ms), …
if redis.call('EXISTS', KEYS[2]) == 1 then
    return 0
end

local before, is_new = redis.call('HKEYS', KEYS[1]), {}
redis.call('DEL', KEYS[1])
for i = 4, #ARGV, 2 do
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
    is_new[ARGV[i]] = true
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])

local changed = #before ~= (#ARGV - 3) / 2
for _, affinity in ipairs(before) do
    changed = changed or not is_new[affinity]
end
if changed then
    redis.call('PUBLISH', ARGV[2], ARGV[3])
end
return 1
