using StackExchange.Redis;

namespace Fleet.Registry.Redis;

/// <summary>Every key and channel that the fleet has in Redis.</summary>
/// <remarks>
/// <code>
/// key                            type    holds                                        forgotten                     written by
/// fleet:host-shell               hash    token, generation, changedAt, reporter,      never                         realm servers (claim.lua)
///                                        builtAt
/// fleet:host-shell:serving       hash    instance → "seen token"                      field: 15 s after last seen   realm servers (claim.lua)
/// fleet:servers                  hash    incarnation → "seen version record"          field: 15 s after last seen   prerender servers
/// fleet:servers:removed:{inc}    string  "1": this incarnation has unregistered       60 s                          prerender servers
/// fleet:warm:{incarnation}       hash    affinity → last used                         15 s                          prerender servers
/// fleet:realms                   hash    instance → "seen records"                    field: 15 s after last seen   realm servers
/// fleet:pages:{realm}            hash    url → page                                   never                         realm servers
/// fleet:page-versions:{realm}    hash    url → source version and generation          never                         realm servers
/// fleet:page-facts:{realm}       hash    url → status, dependencies, search document  never                         realm servers
/// fleet:page-order:{realm}       zset    url by number of the change that stored it   never                         realm servers
/// fleet:page-totals:{realm}      hash    bytes, changes                               never                         realm servers
/// fleet:pictures:{realm}         hash    url → picture (JPEG)                         never                         realm servers
/// fleet:picture-facts:{realm}    hash    url → tag, look and size of the picture      never                         realm servers
/// fleet:picture-totals:{realm}   hash    bytes                                        never                         realm servers
/// fleet:lease:{name}             string  who holds it                                 when it runs out              realm servers
/// fleet:command:{hash}           string  that it was started, and its result          24 h                          prerender servers
/// fleet:events                   channel hints                                                                      everybody
/// </code>
/// Times are milliseconds since 1970 by Redis' own clock, pages and records are JSON. A hash field cannot expire by itself
/// before Redis 7.4; "seen" does it here, and readers drop what is too old. Scripts touch several keys at once, so this wants a Redis
/// that is not sharded (Azure Managed Redis: the non-clustered policy).
/// </remarks>
internal static class RedisKeys
{
    public static readonly RedisKey HostShell = "fleet:host-shell";
    public static readonly RedisKey Serving = "fleet:host-shell:serving";
    public static readonly RedisKey Servers = "fleet:servers";
    public static readonly RedisKey Realms = "fleet:realms";
    public const string EventsName = "fleet:events";
    public static readonly RedisChannel Events = new(EventsName, RedisChannel.PatternMode.Literal);

    public static RedisKey RemovedServer(string incarnation) => "fleet:servers:removed:" + incarnation;

    public static RedisKey Warm(string incarnation) => "fleet:warm:" + incarnation;

    public static RedisKey Pages(string realm) => "fleet:pages:" + realm;

    public static RedisKey PageVersions(string realm) => "fleet:page-versions:" + realm;

    public static RedisKey PageFacts(string realm) => "fleet:page-facts:" + realm;

    public static RedisKey PageOrder(string realm) => "fleet:page-order:" + realm;

    public static RedisKey PageTotals(string realm) => "fleet:page-totals:" + realm;

    public static RedisKey Command(string hash) => "fleet:command:" + hash;

    public static RedisKey Pictures(string realm) => "fleet:pictures:" + realm;

    public static RedisKey PictureFacts(string realm) => "fleet:picture-facts:" + realm;

    public static RedisKey PictureTotals(string realm) => "fleet:picture-totals:" + realm;

    public static RedisKey Lease(string name) => "fleet:lease:" + name;
}
