-- Removes an ended job, or the entry of one that has expired.
-- KEYS: jobs, job, results, webhooks, active, items, known, claims.  ARGV: id.
local state = redis.call('HGET', KEYS[2], 'state')
if state == 'queued' or state == 'running' then
    return 0
end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('ZREM', KEYS[5], ARGV[1])
redis.call('UNLINK', KEYS[2], KEYS[3], KEYS[6], KEYS[7], KEYS[8])
return 1
