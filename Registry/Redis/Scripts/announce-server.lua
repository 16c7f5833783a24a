-- Stores a heartbeat. Ignores an older version, and an incarnation that has unregistered: a delayed heartbeat must not bring back a server that no
-- longer listens.
-- KEYS: servers, removed mark.  ARGV: incarnation, version (fixed width), record, channel, change notification.
if redis.call('EXISTS', KEYS[2]) == 1 then
    return 0
end

local stored = redis.call('HGET', KEYS[1], ARGV[1])
local stored_version = stored and string.match(stored, '^%d+ (%d+) ')
if stored_version and stored_version > ARGV[2] then
    return 0
end

redis.call('HSET', KEYS[1], ARGV[1], digits(now_ms()) .. ' ' .. ARGV[2] .. ' ' .. ARGV[3])
if stored_version ~= ARGV[2] then
    redis.call('PUBLISH', ARGV[4], ARGV[5])
end
return 1
