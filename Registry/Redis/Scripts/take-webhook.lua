-- Takes a webhook that is due, so that no other manager sends it before the lease ends.
-- KEYS: webhooks.  ARGV: lease (ms).
-- Returns the id of the job.
local now = now_ms()
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', digits(now), 'LIMIT', 0, 1)[1]
if due then
    redis.call('ZADD', KEYS[1], digits(now + tonumber(ARGV[1])), due)
end
return due
