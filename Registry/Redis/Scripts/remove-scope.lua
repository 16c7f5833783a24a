-- Removes everything that is stored in a scope, unless it was served recently.
-- KEYS: scopes, and every key of the scope.  ARGV: scope, minimum number of rounds without service.
-- Returns 1 if anything was stored.
if tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or 0) < tonumber(ARGV[2]) then
    return 0
end
local removed = 0
for i = 2, #KEYS do
    -- UNLINK frees the memory in the background: a realm can hold gigabytes.
    removed = removed + redis.call('UNLINK', KEYS[i])
end
redis.call('HDEL', KEYS[1], ARGV[1])
return removed > 0 and 1 or 0
