-- Replaces the warm list of a server, unless it has unregistered. Only a change of it sends a change notification. It is a hash with constant values,
-- since services of an earlier version read a time from each value.
-- KEYS: warm list, removed mark.  ARGV: time to live (ms), channel, change notification, then the affinities, each once
if redis.call('EXISTS', KEYS[2]) == 1 then
    return 0
end

local before, is_new = redis.call('HKEYS', KEYS[1]), {}
redis.call('DEL', KEYS[1])
for i = 4, #ARGV do
    redis.call('HSET', KEYS[1], ARGV[i], 0)
    is_new[ARGV[i]] = true
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])

local changed = #before ~= #ARGV - 3
for _, affinity in ipairs(before) do
    changed = changed or not is_new[affinity]
end
if changed then
    redis.call('PUBLISH', ARGV[2], ARGV[3])
end
return 1
