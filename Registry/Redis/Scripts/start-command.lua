-- Records that a command starts, unless it was started before.
-- KEYS: command, running.  ARGV: record, time to live (ms), maximum run time (ms).
-- Returns nothing if the caller may start the command; otherwise the record and whether it may still run ("1" or nothing).
local known = redis.call('GET', KEYS[1])
if known then
    return { known, redis.call('GET', KEYS[2]) }
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[2], '1', 'PX', ARGV[3])
return {}
