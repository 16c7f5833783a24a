-- Resets the rounds without service of the scopes that a realm server serves. Scopes without stored content have no count.
-- KEYS: scopes.  ARGV: scopes.
for i = 1, #ARGV do
    if redis.call('HEXISTS', KEYS[1], ARGV[i]) == 1 then
        redis.call('HSET', KEYS[1], ARGV[i], 0)
    end
end
return 1
