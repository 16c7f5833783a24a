-- A realm server serves these scopes: it is the start of their count of rounds without it. What nothing is stored in needs no count.
-- KEYS: scopes.  ARGV: scopes.
for i = 1, #ARGV do
    if redis.call('HEXISTS', KEYS[1], ARGV[i]) == 1 then
        redis.call('HSET', KEYS[1], ARGV[i], 0)
    end
end
return 1
