-- Unregisters a server and removes everything that it registered.
-- KEYS: servers, removed mark, warm list.  ARGV: incarnation, time to live of the mark (ms), channel, change notification.
redis.call('SET', KEYS[2], '1', 'PX', ARGV[2])
redis.call('DEL', KEYS[3])
if redis.call('HDEL', KEYS[1], ARGV[1]) == 1 then
    redis.call('PUBLISH', ARGV[3], ARGV[4])
end
return 1
