-- Adds items to a job: those of a claimed item, or the first ones, before the job is created.
-- KEYS: job, items, known, claims.  ARGV: index and token of the claimed item (nothing for the first ones), maximum number of URLs, time to live until the job is created
-- (ms), then items: 'l0 url' for a list, 'u<depth> url' for a URL, 'd0 url' for a URL that has nothing to be done for and is only counted.
-- Returns 0 when the claim is no longer the caller's.

-- How many URLs beyond the maximum, and how many that are up to date, are remembered, so that each is counted once. A crawl can find any number of others, which are counted as
-- often as they are found.
local max_remembered = 10000

if ARGV[2] ~= '' then
    local claim = redis.call('HGET', KEYS[4], ARGV[1])
    if not claim or string.match(claim, '^%d+ %d+ (.*)$') ~= ARGV[2] then
        return 0
    end
end
local counts = redis.call('HMGET', KEYS[1], 'size', 'total', 'omitted', 'upToDate')
local size, total, omitted, up_to_date = tonumber(counts[1] or 0), tonumber(counts[2] or 0), tonumber(counts[3] or 0), tonumber(counts[4] or 0)
local max_urls = tonumber(ARGV[3])
for i = 5, #ARGV do
    local kind, url = string.match(ARGV[i], '^(.)%S+ (.*)$')
    local is_url, is_done = kind == 'u', kind == 'd'
    if is_url and total + omitted >= max_urls + max_remembered then
        omitted = omitted + 1 - redis.call('SISMEMBER', KEYS[3], url)
    elseif is_done and up_to_date >= max_remembered then
        up_to_date = up_to_date + 1 - redis.call('SISMEMBER', KEYS[3], url)
    elseif is_done then
        up_to_date = up_to_date + redis.call('SADD', KEYS[3], url)
    elseif not is_url or redis.call('SADD', KEYS[3], url) == 1 then
        if is_url and total >= max_urls then
            omitted = omitted + 1
        else
            redis.call('HSET', KEYS[2], digits(size), ARGV[i])
            size = size + 1
            total = total + (is_url and 1 or 0)
        end
    end
end
redis.call('HSET', KEYS[1], 'size', digits(size), 'total', digits(total), 'omitted', digits(omitted), 'upToDate', digits(up_to_date))
if ARGV[2] == '' then
    for i = 1, 3 do
        redis.call('PEXPIRE', KEYS[i], ARGV[4])
    end
end
return 1
