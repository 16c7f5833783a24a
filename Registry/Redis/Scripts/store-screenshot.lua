-- Stores a screenshot of a page unless the realm's screenshots would exceed the limit.
-- KEYS: screenshots, facts, totals, scopes.  ARGV: url, screenshot, facts, max bytes, scope.
-- Returns 1: stored, 0: full.
local growth = #ARGV[2] - redis.call('HSTRLEN', KEYS[1], ARGV[1])
local bytes = tonumber(redis.call('HGET', KEYS[3], 'bytes') or 0) + growth
if growth > 0 and bytes > tonumber(ARGV[4]) then
    return 0
end
redis.call('HSETNX', KEYS[4], ARGV[5], 0)
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
redis.call('HSET', KEYS[3], 'bytes', digits(bytes))
return 1
