using System.ComponentModel.DataAnnotations;

namespace Fleet.Manager;

/// <summary>Settings of the manager.</summary>
public sealed class ManagerOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Manager";

    /// <summary>Renders under way at once, 1 to 100,000. Default: 512.</summary>
    [Range(1, 100_000)]
    public int MaxInFlight { get; set; } = 512;

    /// <summary>Renders under way at once per slot of the ready servers, 1 to 100: what runs, and what waits there so that no slot is idle between
    /// two. The rest waits in the manager, where realms take turns. Default: 2.</summary>
    [Range(1, 100)]
    public int RendersPerSlot { get; set; } = 2;

    /// <summary>Renders that may wait in the manager, 0 to 100,000; over that the one whose realm has most of them there is refused as
    /// <c>queue-full</c>. Default: 512.</summary>
    [Range(0, 100_000)]
    public int MaxQueued { get; set; } = 512;

    /// <summary>How often one render is sent to a prerender server, however often it is submitted, 1 to 10. Default: 3.</summary>
    [Range(1, 10)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Largest result of a server, in bytes, 1 KiB to 1 GiB. Default: 64 MiB.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxResultBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Results up to this size, in bytes, are read whole before they are passed on: they can be repeated if their server dies meanwhile, and
    /// shared by callers who want the same. Larger ones are passed on as they come. 16 KiB to 64 MiB. Default: 1 MiB.</summary>
    [Range(16 * 1024, 64 * 1024 * 1024)]
    public int BufferedResultBytes { get; set; } = 1024 * 1024;

    /// <summary>How long a render waits, within its deadline, for a server to become ready when none is, 0 to 1 minute. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan DiscoveryWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long after a render's deadline its server may still answer: the answer has to travel. 0 to 30 s. Default: 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan AnswerGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a connection to a server may take to come about, 50 ms to 30 s. Default: 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:00:30")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a server with renders under way, or one that is passed over, is asked whether it is alive, 50 ms to 1 min. Default: 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long it may take to answer that before its renders are tried elsewhere, 100 ms to 1 min. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a URL, a screenshot or a user's command under which two browsers crashed is not tried again, unless the host shell changes, 1 s to 1 day. Default: 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan QuarantineTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a server may take to answer an operator's request, 100 ms to 1 minute. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan OperatorTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long renders under way may take to finish when the manager stops, 0 to 2 minutes. Default: 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:02:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
