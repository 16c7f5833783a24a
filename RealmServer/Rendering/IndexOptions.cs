using System.ComponentModel.DataAnnotations;
using Fleet.Contracts;

namespace Fleet.RealmServer.Rendering;

/// <summary>Options of the index, which renders all cards in advance. Section <c>Index</c>.</summary>
internal sealed class IndexOptions
{
    public const string Section = "Index";

    /// <summary>Whether cards are rendered in advance. Default: true. Without a manager's address there is no index.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Maximum number of concurrent renders, 1 to 64. Default: 4.</summary>
    [Range(1, 64)]
    public int Concurrency { get; set; } = 4;

    /// <summary>Timeout of a render, including waits for a busy manager, 1 s to 2 min. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan RenderDeadline { get; set; } = TimeSpan.FromMilliseconds(RenderLimits.DefaultDeadlineMs);

    /// <summary>Delay before the next pass after one that left cards without a verdict, 1 s to 1 h. While passes make no progress, the delay doubles up to
    /// 16 times this value. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RetryInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the folders are scanned for changed cards, 1 s to 1 h. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RescanInterval { get; set; } = TimeSpan.FromSeconds(5);
}
