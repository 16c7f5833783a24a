-- Records that a stored page was used, so that it is not among the next ones to be removed.
-- KEYS: order.  ARGV: url.
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then
    local time = redis.call('TIME')
    redis.call('ZADD', KEYS[1], digits(time[1] * 1000000 + time[2]), ARGV[1])
end
return 1
