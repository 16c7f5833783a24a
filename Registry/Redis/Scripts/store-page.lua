-- Stores a page unless a newer one is stored or the realm is full.
-- KEYS: pages, versions, facts, order, totals, scopes.
-- ARGV: url, version (fixed width, so that text compares like numbers), page, facts, max pages, max bytes, remove oldest (0/1), channel,
-- change notification, scope.
-- Returns 1: stored, 0: a newer page is stored, 2: full.
local url, version, page = ARGV[1], ARGV[2], ARGV[3]
local max_pages, max_bytes, remove_oldest = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7] == '1'
local stored = redis.call('HGET', KEYS[2], url)
if stored and version < stored then
    return 0
end

local growth = #page - redis.call('HSTRLEN', KEYS[1], url)
local pages = redis.call('HLEN', KEYS[1]) + (stored and 0 or 1)
local bytes = tonumber(redis.call('HGET', KEYS[5], 'bytes') or 0) + growth
if not remove_oldest and growth > 0 and (pages > max_pages or bytes > max_bytes) then
    return 2
end

-- Remove the page from the order first, so that it is not evicted to make room for itself.
redis.call('ZREM', KEYS[4], url)
local changes = 1
while remove_oldest and (pages > max_pages or bytes > max_bytes) do
    local oldest = redis.call('ZRANGE', KEYS[4], 0, 0)[1]
    if not oldest then
        break
    end
    bytes = bytes - redis.call('HSTRLEN', KEYS[1], oldest)
    redis.call('HDEL', KEYS[1], oldest)
    redis.call('HDEL', KEYS[2], oldest)
    redis.call('HDEL', KEYS[3], oldest)
    redis.call('ZREM', KEYS[4], oldest)
    pages = pages - 1
    changes = changes + 1
end

redis.call('HSETNX', KEYS[6], ARGV[10], 0)
local time = redis.call('TIME')
local now = digits(time[1] * 1000000 + time[2])
if redis.call('HEXISTS', KEYS[5], 'changes') == 0 then
    -- Starts at the time in microseconds instead of 0: a scope that was removed and created again must not look unchanged to its readers.
    redis.call('HSET', KEYS[5], 'changes', now)
end
redis.call('HSET', KEYS[1], url, page)
redis.call('HSET', KEYS[2], url, version)
redis.call('HSET', KEYS[3], url, ARGV[4])
redis.call('HSET', KEYS[5], 'bytes', digits(bytes))
redis.call('HINCRBY', KEYS[5], 'changes', changes)
redis.call('ZADD', KEYS[4], now, url)
redis.call('PUBLISH', ARGV[8], ARGV[9])
return 1
