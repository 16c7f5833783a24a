-- Counts a round for every scope, unless the last round is too recent.
-- KEYS: scopes, round.  ARGV: rounds after which a scope may be removed, maximum number of scopes to return, time between rounds (ms).
-- Returns the scopes that may be removed.
if not redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[3]) then
    return {}
end
local rounds, max_scopes = tonumber(ARGV[1]), tonumber(ARGV[2])
local scopes, unserved = redis.call('HKEYS', KEYS[1]), {}
for i = 1, #scopes do
    if redis.call('HINCRBY', KEYS[1], scopes[i], 1) >= rounds and #unserved < max_scopes then
        unserved[#unserved + 1] = scopes[i]
    end
end
return unserved
