-- Ends a job before all its URLs are done.
-- KEYS: job, active, items, known, claims, results, webhooks.  ARGV: id, state, reason, detail, time to keep the job (ms).
-- Returns 0 when it has ended before, or does not exist.
local state = redis.call('HGET', KEYS[1], 'state')
if state ~= 'queued' and state ~= 'running' then
    return 0
end
redis.call('HSET', KEYS[1], 'reason', ARGV[3], 'detail', ARGV[4])
end_job(KEYS, ARGV[1], ARGV[2], now_ms(), ARGV[5])
return 1
