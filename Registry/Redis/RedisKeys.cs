using StackExchange.Redis;

namespace Fleet.Registry.Redis;

/// <summary>All keys and channels of the fleet in Redis.</summary>
/// <remarks>
/// <code>
/// key                            type    value                                        expires                       written by
/// fleet:host-shell               hash    token, generation, changedAt, reporter,      never                         realm servers (claim.lua)
///                                        builtAt
/// fleet:host-shell:serving       hash    instance → "seen token"                      field: 15 s after last seen   realm servers (claim.lua)
/// fleet:servers                  hash    incarnation → "seen version signed record"   field: 15 s after last seen   prerender servers
/// fleet:servers:removed:{inc}    string  "1": this incarnation has unregistered       60 s                          prerender servers
/// fleet:warm:{incarnation}       hash    affinity → last used                         15 s                          prerender servers
/// fleet:realms                   hash    instance → "seen signed records"             field: 15 s after last seen   realm servers
/// fleet:services                 hash    instance → "seen record"                     field: 15 s after last seen   managers, realm servers
/// fleet:pages:{scope}            hash    url → page                                   with its scope                realm servers
/// fleet:page-versions:{scope}    hash    url → source version and generation          with its scope                realm servers
/// fleet:page-facts:{scope}       hash    url → status, dependencies, search document  with its scope                realm servers
/// fleet:page-order:{scope}       zset    url by time of its last use, in microseconds with its scope                realm servers
/// fleet:page-totals:{scope}      hash    bytes, changes                               with its scope                realm servers
/// fleet:screenshots:{scope}      hash    url → screenshot (JPEG)                      with its scope                realm servers
/// fleet:screenshot-facts:{scope} hash    url → tag, look and size of the screenshot   with its scope                realm servers
/// fleet:screenshot-totals:{scope} hash   bytes                                        with its scope                realm servers
/// fleet:scopes                   hash    scope → consecutive rounds without service   with its pages                realm servers
/// fleet:scopes:round             string  "1": a round was counted                     1 min                         realm servers
/// fleet:generation:{name}        string  the latest generation                        never                         managers
/// fleet:lease:{name}             string  holder                                       end of the lease              realm servers
/// fleet:command:{hash}           string  start and result of the command              24 h                          prerender servers
/// fleet:command:running:{hash}   string  "1": the command may still run               end of its maximum run time   prerender servers
/// fleet:jobs                     zset    job by time of its creation                  with its job                  managers
/// fleet:jobs:active              zset    jobs that have not ended, by creation        with the end of the job       managers
/// fleet:jobs:webhooks            zset    ended jobs by time of the next attempt       with the last attempt         managers
/// fleet:job:{id}                 hash    signed record, state, counts, webhook        Jobs:KeepHours after its end  managers
/// fleet:job-items:{id}           hash    number → URL to do                           with the end of the job       managers
/// fleet:job-known:{id}           set     URLs of the job, so that each is in it once  with the end of the job       managers
/// fleet:job-claims:{id}          hash    number → "end-of-lease attempt token"        with the end of the job       managers
/// fleet:job-results:{id}         list    "time result" of each URL that is done       Jobs:KeepHours after its end  managers
/// fleet:job-key:{hash}           string  id and fingerprint of a caller's request     Jobs:KeepHours                managers
/// fleet:events                   channel change notifications                                                       all services
/// </code>
/// A scope is a realm's URL, with the scope of its key if it is private, or the URL of the site for routes; the mobile rendition of its pages has the scope "{scope} mobile".
/// Records that carry an address are signed with a key that Redis does not have (<see cref="RecordSigner"/>); everything else is content, and never a credential.
/// Times are milliseconds since 1970 by Redis' clock; pages and records are JSON. Hash fields cannot expire before Redis 7.4, so "seen" holds the time of the last
/// write and readers drop entries that are too old. Scripts use several keys at once, which requires a Redis that is not sharded (Azure Managed Redis: the
/// non-clustered policy).
/// </remarks>
internal static class RedisKeys
{
    public static readonly RedisKey HostShell = "fleet:host-shell";
    public static readonly RedisKey Serving = "fleet:host-shell:serving";
    public const string ServersName = "fleet:servers";
    public static readonly RedisKey Servers = ServersName;
    public const string RealmsName = "fleet:realms";
    public static readonly RedisKey Realms = RealmsName;
    public static readonly RedisKey Services = "fleet:services";
    public static readonly RedisKey Scopes = "fleet:scopes";
    public static readonly RedisKey ScopeRound = "fleet:scopes:round";
    public static readonly RedisKey Jobs = "fleet:jobs";
    public static readonly RedisKey ActiveJobs = "fleet:jobs:active";
    public static readonly RedisKey Webhooks = "fleet:jobs:webhooks";
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

    public static RedisKey RunningCommand(string hash) => "fleet:command:running:" + hash;

    public static RedisKey Generation(string name) => "fleet:generation:" + name;

    /// <summary>Every key that holds pages and screenshots of a scope.</summary>
    public static RedisKey[] OfScope(string scope) =>
        [Pages(scope), PageVersions(scope), PageFacts(scope), PageOrder(scope), PageTotals(scope), Screenshots(scope), ScreenshotFacts(scope), ScreenshotTotals(scope)];

    public static RedisKey Screenshots(string realm) => "fleet:screenshots:" + realm;

    public static RedisKey ScreenshotFacts(string realm) => "fleet:screenshot-facts:" + realm;

    public static RedisKey ScreenshotTotals(string realm) => "fleet:screenshot-totals:" + realm;

    public static RedisKey Lease(string name) => "fleet:lease:" + name;

    public static RedisKey Job(string id) => "fleet:job:" + id;

    public static RedisKey JobItems(string id) => "fleet:job-items:" + id;

    public static RedisKey JobUrls(string id) => "fleet:job-known:" + id;

    public static RedisKey JobClaims(string id) => "fleet:job-claims:" + id;

    public static RedisKey JobResults(string id) => "fleet:job-results:" + id;

    public static RedisKey JobKey(string hash) => "fleet:job-key:" + hash;
}
