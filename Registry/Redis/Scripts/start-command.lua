-- Notes that a command starts, unless it was started before.
-- KEYS: command.  ARGV: record, time to live (ms).  Returns what is known of it, or nothing to the one who may start it.
local known = redis.call('GET', KEYS[1])
if not known then
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return known
