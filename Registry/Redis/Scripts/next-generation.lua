-- Increments a generation to at least the current time in milliseconds, so that it keeps growing after the key was lost.
-- KEYS: generation.  Returns the new generation.
local generation = digits(math.max(tonumber(redis.call('GET', KEYS[1]) or 0) + 1, now_ms()))
redis.call('SET', KEYS[1], generation)
return generation
