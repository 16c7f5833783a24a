-- Records the result of a claimed item. The last one completes the job.
-- KEYS: job, active, items, known, claims, results, webhooks.  ARGV: id, index, token, result (nothing for a list), its outcome, time to keep a completed job (ms),
-- reason and detail of what is wrong with a list (nothing if nothing is), maximum size of the results (bytes), the result to record instead beyond it.
-- Returns 0 when the claim is no longer the caller's.
local claim = redis.call('HGET', KEYS[5], ARGV[2])
if not claim or string.match(claim, '^%d+ %d+ (.*)$') ~= ARGV[3] then
    return 0
end
local now = now_ms()
redis.call('HDEL', KEYS[5], ARGV[2])
redis.call('HDEL', KEYS[3], ARGV[2])
if ARGV[4] ~= '' then
    local entry = digits(now) .. ' ' .. ARGV[4]
    if tonumber(redis.call('HGET', KEYS[1], 'resultBytes') or 0) + #entry > tonumber(ARGV[9]) then
        entry = digits(now) .. ' ' .. ARGV[10]
    end
    redis.call('RPUSH', KEYS[6], entry)
    redis.call('HINCRBY', KEYS[1], 'resultBytes', #entry)
    redis.call('HINCRBY', KEYS[1], ARGV[5], 1)
end
if ARGV[7] ~= '' then
    redis.call('HSET', KEYS[1], 'reason', ARGV[7], 'detail', ARGV[8])
end
local counts = redis.call('HMGET', KEYS[1], 'next', 'size')
if tonumber(counts[1] or 0) >= tonumber(counts[2] or 0) and redis.call('HLEN', KEYS[5]) == 0 then
    end_job(KEYS, ARGV[1], 'completed', now, ARGV[6])
end
return 1
