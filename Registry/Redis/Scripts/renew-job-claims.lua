-- Extends claims, or gives them back without counting the attempt.
-- KEYS: job, claims.  ARGV: lease (ms), 0 to give back; then index, token, …
-- Returns the job's state.
local now, lease = now_ms(), tonumber(ARGV[1])
for i = 2, #ARGV, 2 do
    local claim = redis.call('HGET', KEYS[2], ARGV[i])
    local attempt, token = string.match(claim or '', '^%d+ (%d+) (.*)$')
    if token == ARGV[i + 1] then
        attempt = tonumber(attempt)
        if lease == 0 then
            -- Another token: the one who gave it back may not use it any more.
            attempt, token = attempt - 1, '-'
        end
        redis.call('HSET', KEYS[2], ARGV[i], digits(now + lease) .. ' ' .. digits(attempt) .. ' ' .. token)
    end
end
return redis.call('HGET', KEYS[1], 'state')
