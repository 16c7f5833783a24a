-- Reads a job.
-- KEYS: job, results.  ARGV: number of results that the rate is measured over.
-- Returns the time (ms), the oldest of the last results, then field, value, …; nothing when there is no such job.
local fields = redis.call('HGETALL', KEYS[1])
if #fields == 0 then
    return {}
end
local count = math.min(redis.call('LLEN', KEYS[2]), tonumber(ARGV[1]))
local read = { digits(now_ms()), count > 0 and redis.call('LINDEX', KEYS[2], -count) or '' }
for i = 1, #fields do
    read[#read + 1] = fields[i]
end
return read
