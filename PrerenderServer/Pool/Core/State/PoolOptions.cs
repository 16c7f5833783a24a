using System.ComponentModel.DataAnnotations;

namespace Fleet.PrerenderServer.Pool.Core.State;

/// <summary>The page pool, section <c>Pool</c>. The defaults suit 2 cores and 4 GB.</summary>
public sealed class PoolOptions : IValidatableObject
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Pool";

    /// <summary>Most browser contexts for ordinary work, closing ones included, 1 to 64. Default: 4.</summary>
    [Range(1, 64)]
    public int Slots { get; set; } = 4;

    /// <summary>Contexts on top that only urgent and nested work may take, 0 to 16. Default: 1.</summary>
    [Range(0, 16)]
    public int HighPrioritySlots { get; set; } = 1;

    /// <summary>Priority, aging included, from which work may take <see cref="HighPrioritySlots"/>, 1 to 10. Default: 8.</summary>
    [Range(1, 10)]
    public int HighPriority { get; set; } = 8;

    /// <summary>How deep renders may cause renders, 0 to 8 and below <see cref="Slots"/>. Each level keeps one slot free of root renders,
    /// so that no chain of renders can wait for itself. Deeper ones are treated as this deep. Default: 1.</summary>
    [Range(0, 8)]
    public int MaxDepth { get; set; } = 1;

    /// <summary>Most root renders of one affinity at a time, 1 to 64. Default: 2.</summary>
    [Range(1, 64)]
    public int RendersPerAffinity { get; set; } = 2;

    /// <summary>Booted pages kept ready for affinities without one, 0 to 64. Default: 1.</summary>
    [Range(0, 64)]
    public int MinStandby { get; set; } = 1;

    /// <summary>Most pages that boot in new contexts at a time, 1 to 16. Default: 2.</summary>
    [Range(1, 16)]
    public int CreationsAtOnce { get; set; } = 2;

    /// <summary>Most pages that reload at a time because the host shell changed, 1 to 16. Default: 2.</summary>
    [Range(1, 16)]
    public int ReloadsAtOnce { get; set; } = 2;

    /// <summary>Before its first page reloads after a change of the host shell, a server pauses for a random part of this, so that not all
    /// servers ask the host at the same moment. 0 to 10 seconds. Default: 100 milliseconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan ReloadJitter { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Boots in a row that may load another host shell than the current one before such pages serve as a last resort, 1 to 100. Default: 5.</summary>
    [Range(1, 100)]
    public int LastResortAfter { get; set; } = 5;

    /// <summary>How long a warm page may serve its own affinity while an earlier request of another one waits, 0 to 1 minute. Default: 2 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan StickyWindow { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Waiting this long counts as one level of priority, 0.1 seconds to 10 minutes. Default: 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan Aging { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one render may hold a page, 2 to 10 minutes: no shorter than the longest render. Default: 130 seconds.</summary>
    [Range(typeof(TimeSpan), "00:02:00", "00:10:00")]
    public TimeSpan HoldDeadline { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>What a render gets on top of <see cref="HoldDeadline"/> before its page is taken away, 0.1 seconds to 1 minute. Default: 2 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan HoldGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long renders may finish on a browser process or affinity that is being retired, 0.1 seconds to 10 minutes. Default: 120 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan DrainDeadline { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>How long each of the four stages of closing may take, 10 milliseconds to 1 minute. Default: 2 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan CloseStageDeadline { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>First pause after a boot or a launch that failed; doubles each time. 10 milliseconds to 1 minute. Default: 250 milliseconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan BackOffMin { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest such pause, 10 milliseconds to 10 minutes. Default: 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan BackOffMax { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>An idle page that nobody used for this long is closed, 1 second to 1 day. Default: 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>A browser process is replaced after this many renders, 1 to 10,000,000. Default: 20,000.</summary>
    [Range(1, 10_000_000)]
    public int RetireAfterRenders { get; set; } = 20_000;

    /// <summary>A browser process is replaced at this age, 1 minute to 30 days. Default: 6 hours.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan RetireAfter { get; set; } = TimeSpan.FromHours(6);

    /// <summary>A browser process tree that takes more is replaced, in MB, 200 to 1,000,000; not before it is 5 minutes old, since warm pages would be
    /// lost over and over where that many pages of that app simply take as much. Default: 2,500.</summary>
    [Range(200, 1_000_000)]
    public int BrowserMemoryMb { get; set; } = 2_500;

    /// <summary>A slot whose page takes more is closed when idle, in MB, 20 to 100,000. Default: 600.</summary>
    [Range(20, 100_000)]
    public int SlotMemoryMb { get; set; } = 600;

    /// <summary>How often memory is measured, 0.1 seconds to 10 minutes. Default: 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan MeasureEvery { get; set; } = TimeSpan.FromSeconds(10);

    // Not settings: what they bound is a setting elsewhere, of the browser or of the server's drain, and the pool's turn comes after that.

    /// <summary>When the launch of a browser process counts as failed although it has not ended.</summary>
    internal TimeSpan LaunchDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>When the boot of a page counts as failed although it has not ended.</summary>
    internal TimeSpan BootDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>When a page that was asked whether it answers counts as wedged although that call has not ended.</summary>
    internal TimeSpan ProbeDeadline { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long renders may finish when the pool stops.</summary>
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
