-- Prefixed to the scripts that may end a job.

-- Ends a job: what only the work needs is removed, the rest is kept for a time. A webhook is due at once.
-- keys: job, active, items, known, claims, results, webhooks.
local function end_job(keys, id, state, now, keep)
    redis.call('HSET', keys[1], 'state', state, 'endedAt', digits(now))
    redis.call('ZREM', keys[2], id)
    -- UNLINK frees the memory in the background: a job has up to 10,000 URLs.
    redis.call('UNLINK', keys[3], keys[4], keys[5])
    redis.call('PEXPIRE', keys[1], keep)
    redis.call('PEXPIRE', keys[6], keep)
    if redis.call('HGET', keys[1], 'webhook') == 'pending' then
        redis.call('ZADD', keys[7], digits(now), id)
    end
end

