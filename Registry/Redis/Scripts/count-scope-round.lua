-- Counts a round for every scope, unless one was counted a short while ago.
-- KEYS: scopes, round.  ARGV: rounds after which a scope may be removed, most scopes to return, time between rounds (ms).
-- Returns scopes that may be removed.
if not redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[3]) then
    return {}
end
local rounds, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local scopes, unserved = redis.call('HKEYS', KEYS[1]), {}
for i = 1, #scopes do
    if redis.call('HINCRBY', KEYS[1], scopes[i], 1) >= rounds and #unserved < most then
        unserved[#unserved + 1] = scopes[i]
    end
end
return unserved
