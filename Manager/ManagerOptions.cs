using System.ComponentModel.DataAnnotations;

namespace Fleet.Manager;

/// <summary>Settings of the manager.</summary>
public sealed class ManagerOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Manager";

    /// <summary>Maximum number of renders in flight, 1 to 100,000. Default: 512.</summary>
    [Range(1, 100_000)]
    public int MaxInFlight { get; set; } = 512;

    /// <summary>Maximum number of renders in flight per slot of the ready servers, 1 to 100. More than 1 keeps a render waiting at the server, so that
    /// no slot is idle between two renders. All others wait in the manager, which schedules them fairly. Default: 2.</summary>
    [Range(1, 100)]
    public int RendersPerSlot { get; set; } = 2;

    /// <summary>Maximum number of renders that wait in the manager, 0 to 100,000. Beyond that, the newest render of the affinity and priority
    /// with the longest queue, weighted by priority, is rejected with <c>queue-full</c>. Default: 512.</summary>
    [Range(0, 100_000)]
    public int MaxQueued { get; set; } = 512;

    /// <summary>Maximum number of different <c>credentials</c> that callers without the admin key may send within a minute, to all realms together, 1 to 100,000:
    /// each opens pages of its own, which displace others. Default: 32.</summary>
    [Range(1, 100_000)]
    public int MaxPrincipalsWithoutKey { get; set; } = 32;

    /// <summary>Maximum attempts of one render on prerender servers, across all submissions, 1 to 10. Default: 3.</summary>
    [Range(1, 10)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Maximum result of a server, in bytes, 1 KiB to 1 GiB. Default: 64 MiB.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxResultBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Results up to this size, in bytes, are buffered: the render can be retried if its server fails, and its result can be shared by
    /// callers with the same request. Larger results are streamed. 16 KiB to 64 MiB. Default: 1 MiB.</summary>
    [Range(16 * 1024, 64 * 1024 * 1024)]
    public int BufferedResultBytes { get; set; } = 1024 * 1024;

    /// <summary>How long a render waits, within its deadline, for a ready server when there is none, 0 to 1 min. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan DiscoveryWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long after a render's deadline the manager still accepts the server's response, to allow for the network. 0 to 30 s. Default: 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan AnswerGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Timeout for connecting to a server, 50 ms to 30 s. Default: 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:00:30")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the manager probes <c>/alive</c> of servers with renders in flight and of unhealthy servers, 50 ms to 1 min. Default: 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Timeout of a probe. A server that exceeds it loses its renders, which are retried on another server. 100 ms to 1 min. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a URL, a screenshot or a user's command that crashed two browsers is rejected, unless the host shell changes, 1 s to 1 day.
    /// Default: 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan QuarantineTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Maximum age of a stored page that <c>GET /render</c> returns instead of rendering it again, 0 to 365 d; 0 always renders. Default: 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan StoredMaxAge { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Addresses of other prerender services that this manager serves as well.</summary>
    public DialectOptions Dialects { get; set; } = new();

    /// <summary>How the choice of a server weighs its costs.</summary>
    public RoutingOptions Routing { get; set; } = new();

    /// <summary>Timeout of an operator's request to one server, 100 ms to 1 min. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan OperatorTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the manager waits for renders in flight when it stops, 0 to 2 min. Default: 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:02:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);
}

/// <summary>Addresses of other prerender services that the manager serves, so that their clients need no change but the address. The allow-list and the keys apply as to
/// <c>GET /render</c>.</summary>
public sealed class DialectOptions
{
    /// <summary>Whether the manager serves <c>GET /https://host/path</c>, as Prerender does. Its documents are for a proxy that serves them as the site's own, so they have
    /// no <c>Content-Security-Policy: sandbox</c>: a browser that opens one here runs its scripts with the rights of the manager's origin. Default: false.</summary>
    public bool Prerender { get; set; }

    /// <summary>Whether the manager serves <c>GET /render/&lt;url&gt;</c> and <c>GET /screenshot/&lt;url&gt;</c>, as Rendertron does. Its documents have no
    /// <c>Content-Security-Policy: sandbox</c> either. Default: false.</summary>
    public bool Rendertron { get; set; }

    /// <summary>Whether the manager serves <c>POST /content</c>, <c>/screenshot</c> and <c>/pdf</c>, as browserless does, with the key in <c>?token=</c>. Default: false.</summary>
    public bool Browserless { get; set; }

    /// <summary>Whether the manager serves <c>POST /forms/chromium/convert/url</c> and <c>/forms/chromium/screenshot/url</c>, as Gotenberg does. Default: false.</summary>
    public bool Gotenberg { get; set; }
}

/// <summary>How the choice of a server weighs its costs. The defaults are the best of those tried with <c>Bench -- routing</c>; a fleet whose renders, boots or number of affinities are far from those of that
/// scenario can try others there. The same for all managers.</summary>
public sealed class RoutingOptions
{
    /// <summary>Cold servers whose costs differ by at most this fraction of a boot count as equal, and the hash decides: measured boot times always vary, and if two managers disagree about
    /// a cold affinity, it boots twice. 0 to 10. Default: 0.25.</summary>
    [Range(0.0, 10.0)]
    public double ColdTie { get; set; } = 0.25;

    /// <summary>Cost of occupied slots on a server that still has a free one, as a fraction of a render: the report is a moment old, and another manager may choose the same slot.
    /// 0 to 10. Default: 0.25.</summary>
    [Range(0.0, 10.0)]
    public double LoadPenalty { get; set; } = 0.25;

    /// <summary>Cost of a warm page on a server with all slots taken, as a fraction of a boot: the page itself may be busy. 0 to 10. Default: 0.25.</summary>
    [Range(0.0, 10.0)]
    public double BusyPagePenalty { get; set; } = 0.25;

    /// <summary>Cost, in boots, of an evicted page whose affinity is rendered again: it boots again, and evicts another. It is weighted by how often evicted affinities have been warm again lately. Servers
    /// with room, or with several pages of one affinity, are therefore preferred. 0 to 10. Default: 2.</summary>
    [Range(0.0, 10.0)]
    public double EvictionPenalty { get; set; } = 2;

    /// <summary>Cost of a second page of an affinity on the same server, as a fraction of a boot. 0 to 10. Default: 0.75.</summary>
    [Range(0.0, 10.0)]
    public double SecondPageCost { get; set; } = 0.75;
}
