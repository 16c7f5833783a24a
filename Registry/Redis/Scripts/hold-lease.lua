-- Acquires or extends a lease.
-- KEYS: lease.  ARGV: holder, time to live (ms).  Returns the current holder.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
    return holder
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
