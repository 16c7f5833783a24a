-- Removes a page unless a page of a newer source is stored.
-- KEYS: pages, versions, facts, order, totals.  ARGV: url, source version (fixed width; the stored version begins with its own), channel,
-- change notification.
local url = ARGV[1]
local stored = redis.call('HGET', KEYS[2], url)
if not stored or ARGV[2] < string.sub(stored, 1, #ARGV[2]) then
    return 0
end
redis.call('HINCRBY', KEYS[5], 'bytes', -redis.call('HSTRLEN', KEYS[1], url))
redis.call('HINCRBY', KEYS[5], 'changes', 1)
redis.call('HDEL', KEYS[1], url)
redis.call('HDEL', KEYS[2], url)
redis.call('HDEL', KEYS[3], url)
redis.call('ZREM', KEYS[4], url)
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 1
