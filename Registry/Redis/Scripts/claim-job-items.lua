-- Claims items of a job: first those whose claim has expired, then those that no manager has begun.
-- KEYS: job, items, claims.  ARGV: token, number of items, maximum number of items in progress, lease (ms).
-- Returns index, attempt, item, index, attempt, item, …
local state = redis.call('HGET', KEYS[1], 'state')
if state ~= 'queued' and state ~= 'running' then
    return {}
end
local now = now_ms()
local wanted, max_claims, lease = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local expires = digits(now + lease)
local held, taken = redis.call('HGETALL', KEYS[3]), {}
local function take(index, attempt)
    redis.call('HSET', KEYS[3], index, expires .. ' ' .. digits(attempt) .. ' ' .. ARGV[1])
    taken[#taken + 1] = index
    taken[#taken + 1] = digits(attempt)
    taken[#taken + 1] = redis.call('HGET', KEYS[2], index)
end

for i = 1, #held, 2 do
    local ends, attempt = string.match(held[i + 1], '^(%d+) (%d+) ')
    ends = tonumber(ends)
    -- A claim that ends much later than any lease was made before the clock was set back.
    if #taken < 3 * wanted and (ends <= now or ends > now + 10 * lease) then
        take(held[i], tonumber(attempt) + 1)
    end
end

local counts = redis.call('HMGET', KEYS[1], 'next', 'size')
local index, size, claims = tonumber(counts[1] or 0), tonumber(counts[2] or 0), #held / 2
while #taken < 3 * wanted and claims < max_claims and index < size do
    take(digits(index), 1)
    index = index + 1
    claims = claims + 1
end
redis.call('HSET', KEYS[1], 'next', digits(index))
if state == 'queued' and #taken > 0 then
    redis.call('HSET', KEYS[1], 'state', 'running', 'startedAt', digits(now))
end
return taken
