-- Replaces the warm list of a server that has not unregistered. Only a change of the affinities is worth a hint; their times change always.
-- KEYS: warm list, removed mark.  ARGV: time to live (ms), channel, hint, then affinity, last used (ms), …
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
