-- Announces what one instance of a service has: its realms, or itself.
-- KEYS: hash.  ARGV: instance, record, channel, change notification.
local stored = redis.call('HGET', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], digits(now_ms()) .. ' ' .. ARGV[2])
if not stored or string.match(stored, '^%d+ (.*)$') ~= ARGV[2] then
    redis.call('PUBLISH', ARGV[3], ARGV[4])
end
return 1
