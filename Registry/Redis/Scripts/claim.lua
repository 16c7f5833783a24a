-- Records the shell that a realm server serves, and makes it current if no other is, if its build is newer, if no other live realm server serves the current one
-- (a rollback), or if the claim is forced.
-- KEYS: host shell, serving.  ARGV: token, instance, built at (ms), force (0/1), time to live of serving (ms), channel.
-- Returns token, generation, changed at (ms), reporter of the current shell, and 1 if this claim made it current.
local token, instance, built_at, force, ttl = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1', tonumber(ARGV[5])
local now = now_ms()

redis.call('HSET', KEYS[2], instance, digits(now) .. ' ' .. token)

local current = redis.call('HMGET', KEYS[1], 'token', 'generation', 'changedAt', 'reporter', 'builtAt')
local current_token, generation = current[1], tonumber(current[2] or 0)
local current_built_at = tonumber(current[5] or 0)

local still_served = false
local serving = redis.call('HGETALL', KEYS[2])
for i = 1, #serving, 2 do
    if not is_live(serving[i + 1], now, ttl) then
        redis.call('HDEL', KEYS[2], serving[i])
    elseif string.match(serving[i + 1], ' (.+)$') == current_token then
        still_served = true
    end
end

local claims
if not current_token then
    claims = true
elseif token == current_token then
    claims = false
elseif force then
    -- Keep the later build time. Otherwise the next claim of a replica that still serves the replaced, newer shell would win.
    claims = true
    built_at = math.max(built_at, current_built_at)
else
    claims = built_at > current_built_at or not still_served
end

if not claims then
    return { current[1], current[2], current[3], current[4], 0 }
end

generation = math.max(generation + 1, now)
redis.call('HSET', KEYS[1], 'token', token, 'generation', digits(generation), 'changedAt', digits(now),
    'reporter', instance, 'builtAt', digits(built_at))
redis.call('PUBLISH', ARGV[6], '{"kind":"hostShell","subject":' .. cjson.encode(instance) .. ',"version":' .. digits(generation) .. '}')
return { token, digits(generation), digits(now), instance, 1 }
