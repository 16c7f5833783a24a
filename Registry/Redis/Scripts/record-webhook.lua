-- Records an attempt to send a webhook.
-- KEYS: job, webhooks.  ARGV: id, state, attempts, detail, time until the next attempt (ms).
if redis.call('HGET', KEYS[1], 'webhook') == 'pending' then
    redis.call('HSET', KEYS[1], 'webhook', ARGV[2], 'webhookAttempts', ARGV[3], 'webhookDetail', ARGV[4])
end
if redis.call('HGET', KEYS[1], 'webhook') == 'pending' then
    redis.call('ZADD', KEYS[2], digits(now_ms() + tonumber(ARGV[5])), ARGV[1])
else
    redis.call('ZREM', KEYS[2], ARGV[1])
end
return 1
