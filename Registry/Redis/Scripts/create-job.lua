-- Creates a job whose items were added before, unless too many have not ended or the caller's key is known.
-- KEYS: jobs, active, job, items, known, key.  ARGV: id, record, maximum number of jobs that have not ended, state of the webhook (or nothing), value of the key (or
-- nothing), time to live of the key (ms).
-- Returns 'created'; 'full'; or the known value of the key. Without a new job its items are removed.
if ARGV[5] ~= '' then
    local value = redis.call('GET', KEYS[6])
    if value then
        redis.call('UNLINK', KEYS[3], KEYS[4], KEYS[5])
        return value
    end
end
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[3]) then
    redis.call('UNLINK', KEYS[3], KEYS[4], KEYS[5])
    return 'full'
end
local now = digits(now_ms())
redis.call('HSET', KEYS[3], 'record', ARGV[2], 'state', 'queued', 'createdAt', now)
if ARGV[4] ~= '' then
    redis.call('HSET', KEYS[3], 'webhook', ARGV[4])
end
for i = 3, 5 do
    redis.call('PERSIST', KEYS[i])
end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZADD', KEYS[2], now, ARGV[1])
if ARGV[5] ~= '' then
    redis.call('SET', KEYS[6], ARGV[5], 'PX', ARGV[6])
end
return 'created'
