-- Removes all that is stored in a scope, unless it was served lately.
-- KEYS: scopes, and every key of the scope.  ARGV: scope, rounds without being served that it must have had.
-- Returns 1 when there was something.
if tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or 0) < tonumber(ARGV[2]) then
    return 0
end
local removed = 0
for i = 2, #KEYS do
    -- Frees the memory beside the commands of others: a realm can hold gigabytes.
    removed = removed + redis.call('UNLINK', KEYS[i])
end
redis.call('HDEL', KEYS[1], ARGV[1])
return removed > 0 and 1 or 0
