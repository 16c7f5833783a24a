using System.ComponentModel.DataAnnotations;

namespace Fleet.PrerenderServer.Rendering.Operations;

/// <summary>How visits are carried out, section <c>Rendering</c>.</summary>
public sealed class RenderingOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Rendering";

    /// <summary>How long a page of any app may take to come to rest before it is captured as it is, 100 ms to 2 min. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:02:00")]
    public TimeSpan SettleTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>No request in flight for this long is a quiet network, 0 to 10 s. Default: 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan QuietNetwork { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>No mutation for this long is a quiet document, 0 to 10 s. Default: 100 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan QuietDocument { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How much of a render's deadline is kept for asking a late page what it does, 20 ms to 2 s, and never more than an eighth of the
    /// deadline. Default: 200 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.02", "00:00:02")]
    public TimeSpan StackBudget { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a late page gets to become usable again before it is closed, 100 ms to 30 s. Default: 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:30")]
    public TimeSpan UnwedgeBudget { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a screenshot waits for fonts and images after the page has come to rest, 0 to 30 s. Default: 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan ScreenshotTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often a URL may wedge or crash its page before it is refused for a while; a realm four times as often, each page that renders making up for one, 1 to 100. Default: 3.</summary>
    [Range(1, 100)]
    public int WedgesToOpen { get; set; } = 3;

    /// <summary>How long such a URL or realm is refused before one render may try, 1 s to 1 h. Default: 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan BreakerPause { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Largest result in MB, 1 to 100. Default: 16.</summary>
    [Range(1, 100)]
    public int MaxResultMb { get; set; } = 16;

    /// <summary>Most visits at a time, those that wait for a page included, 1 to 100,000. Default: 256.</summary>
    [Range(1, 100_000)]
    public int MaxVisits { get; set; } = 256;
}
