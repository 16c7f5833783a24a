using System.ComponentModel.DataAnnotations;
using Fleet.Contracts;

namespace Fleet.RealmServer.Rendering;

/// <summary>How the index has pages rendered. Section <c>Index</c>.</summary>
internal sealed class IndexOptions
{
    public const string Section = "Index";

    /// <summary>Whether cards are rendered ahead of visitors. Default: true; without a manager's address there is no index either.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Renders under way at a time, 1 to 64. Default: 4.</summary>
    [Range(1, 64)]
    public int Concurrency { get; set; } = 4;

    /// <summary>Timeout for one render, the waits for a busy manager included, 1 s to 2 min. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan RenderDeadline { get; set; } = TimeSpan.FromMilliseconds(RenderLimits.DefaultDeadlineMs);

    /// <summary>When a pass that left cards without a verdict is followed by another, 1 s to 1 h; doubles up to 16 times while it brings
    /// nothing new. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RetryInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the folders are looked through for changed cards, 1 s to 1 h. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RescanInterval { get; set; } = TimeSpan.FromSeconds(5);
}
