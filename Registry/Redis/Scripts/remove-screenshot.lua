-- Removes the screenshot of a page.
-- KEYS: screenshots, facts, totals.  ARGV: url.
if redis.call('HDEL', KEYS[2], ARGV[1]) == 0 then
    return 0
end
redis.call('HINCRBY', KEYS[3], 'bytes', -redis.call('HSTRLEN', KEYS[1], ARGV[1]))
redis.call('HDEL', KEYS[1], ARGV[1])
return 1
