-- Counts one up, and to the time at least, so that the count goes on upwards when the key is lost.
-- KEYS: generation.  Returns it.
local generation = digits(math.max(tonumber(redis.call('GET', KEYS[1]) or 0) + 1, now_ms()))
redis.call('SET', KEYS[1], generation)
return generation
