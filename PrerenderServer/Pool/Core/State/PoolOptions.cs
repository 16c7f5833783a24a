using System.ComponentModel.DataAnnotations;

namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>Settings of the page pool, section <c>Pool</c>. The defaults suit 2 cores and 4 GB.</summary>
public sealed class PoolOptions : IValidatableObject
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Pool";

    /// <summary>Maximum number of browser contexts for ordinary work, including those that are closing, 1 to 64. Default: 4.</summary>
    [Range(1, 64)]
    public int Slots { get; set; } = 4;

    /// <summary>Additional contexts that only high-priority and nested renders may use, 0 to 16. Default: 1.</summary>
    [Range(0, 16)]
    public int HighPrioritySlots { get; set; } = 1;

    /// <summary>Priority, including aging, from which a render may use <see cref="HighPrioritySlots"/>, 1 to 10. Default: 8.</summary>
    [Range(1, 10)]
    public int HighPriority { get; set; } = 8;

    /// <summary>Maximum nesting depth of renders that cause renders, 0 to 8 and below <see cref="Slots"/>. Each level reserves one slot from root renders,
    /// so that a chain of renders cannot deadlock. Deeper renders are treated as this deep. Default: 1.</summary>
    [Range(0, 8)]
    public int MaxDepth { get; set; } = 1;

    /// <summary>Maximum number of concurrent root renders per affinity, 1 to 64. Default: 2.</summary>
    [Range(1, 64)]
    public int RendersPerAffinity { get; set; } = 2;

    /// <summary>Number of booted pages kept as standbys for affinities without a page, 0 to 64. Default: 1.</summary>
    [Range(0, 64)]
    public int MinStandby { get; set; } = 1;

    /// <summary>Maximum number of pages that boot in new contexts at a time, 1 to 16. Default: 2.</summary>
    [Range(1, 16)]
    public int CreationsAtOnce { get; set; } = 2;

    /// <summary>Maximum number of pages that reload at a time after a change of the host shell, 1 to 16. Default: 2.</summary>
    [Range(1, 16)]
    public int ReloadsAtOnce { get; set; } = 2;

    /// <summary>Maximum random pause between a change of the host shell and the first reload, so that the servers do not all call the host at once,
    /// 0 to 10 seconds. Default: 100 milliseconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan ReloadJitter { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Number of consecutive boots that load another host shell than the current one before such pages are used as a last resort,
    /// 1 to 100. Default: 5.</summary>
    [Range(1, 100)]
    public int LastResortAfter { get; set; } = 5;

    /// <summary>How long a warm page may serve its own affinity while an earlier request of another affinity waits, 0 to 1 minute. Default: 2 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan StickyWindow { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Waiting time that raises the priority by one level, 0.1 seconds to 10 minutes. Default: 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan Aging { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one render may hold a page, 2 to 10 minutes; at least as long as the longest render. Default: 130 seconds.</summary>
    [Range(typeof(TimeSpan), "00:02:00", "00:10:00")]
    public TimeSpan HoldDeadline { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>Additional time after <see cref="HoldDeadline"/> before the lease is revoked, 0.1 seconds to 1 minute. Default: 2 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan HoldGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long renders may take to finish when their browser process or affinity is retired, 0.1 seconds to 10 minutes. Default: 120 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan DrainDeadline { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>How long each of the four stages of closing may take, 10 milliseconds to 1 minute. Default: 2 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan CloseStageDeadline { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>First pause after a failed boot or launch, 10 milliseconds to 1 minute; doubles with each further failure. Default: 250 milliseconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan BackOffMin { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Maximum pause after a failed boot or launch, 10 milliseconds to 10 minutes. Default: 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan BackOffMax { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a page may be idle before it is closed, 1 second to 1 day. Default: 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Number of renders after which a browser process is replaced, 1 to 10,000,000. Default: 20,000.</summary>
    [Range(1, 10_000_000)]
    public int RetireAfterRenders { get; set; } = 20_000;

    /// <summary>Age at which a browser process is replaced, 1 minute to 30 days. Default: 6 hours.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan RetireAfter { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Memory in MB above which a browser process tree is replaced, 200 to 1,000,000. A process younger than 5 minutes is kept, so that an app whose
    /// pages need that much does not keep losing its warm pages. Default: 2,500.</summary>
    [Range(200, 1_000_000)]
    public int BrowserMemoryMb { get; set; } = 2_500;

    /// <summary>Memory in MB above which a slot is closed when idle or released, 20 to 100,000. Default: 600.</summary>
    [Range(20, 100_000)]
    public int SlotMemoryMb { get; set; } = 600;

    /// <summary>How often memory is measured, 0.1 seconds to 10 minutes. Default: 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan MeasureEvery { get; set; } = TimeSpan.FromSeconds(10);

    // Not settings: PoolServices derives them from the timeouts of the browser, and the pool stops after the server's drain.

    /// <summary>How long the launch of a browser process may take before it counts as failed.</summary>
    internal TimeSpan LaunchDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the boot of a page may take before it counts as failed.</summary>
    internal TimeSpan BootDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a probe may take before the page counts as hung.</summary>
    internal TimeSpan ProbeDeadline { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long renders may take to finish when the pool stops.</summary>
    internal TimeSpan StopDeadline { get; set; } = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxDepth >= Slots)
        {
            yield return new($"MaxDepth is {MaxDepth} but must be below Slots ({Slots}): each level of nesting keeps one slot.");
        }

        if (MinStandby > Slots)
        {
            yield return new($"MinStandby is {MinStandby} but must not be above Slots ({Slots}).");
        }

        if (BackOffMax < BackOffMin)
        {
            yield return new($"BackOffMax is {BackOffMax} but must not be below BackOffMin ({BackOffMin}).");
        }
    }
}
