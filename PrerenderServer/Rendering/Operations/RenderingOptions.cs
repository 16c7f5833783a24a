using System.ComponentModel.DataAnnotations;
using Fleet.PrerenderServer.Rendering.Learning;

namespace Fleet.PrerenderServer.Rendering.Operations;

/// <summary>Settings of rendering, section <c>Rendering</c>.</summary>
public sealed class RenderingOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Rendering";

    /// <summary>Maximum time for a page of any app to settle before it is captured as it is, 100 ms to 2 min. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:02:00")]
    public TimeSpan SettleTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time without requests in flight after which the network counts as quiet, 0 to 10 s. Default: 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan QuietNetwork { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Time without growth of text or structure after which the document counts as quiet, 0 to 10 s. Default: 100 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan QuietDocument { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Part of a render's deadline that is reserved for diagnosing a timeout, 20 ms to 2 s, and never more than an eighth of the
    /// deadline. Default: 200 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.02", "00:00:02")]
    public TimeSpan StackBudget { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Maximum time for a page that timed out to become usable again before it is closed, 100 ms to 30 s. Default: 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:30")]
    public TimeSpan RecoveryBudget { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Maximum time that a screenshot waits for fonts and images after the page has settled, 0 to 30 s. Default: 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan ScreenshotTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Number of hangs or crashes after which a URL is rejected for <see cref="BreakerPause"/>, 1 to 100. For a realm it is four times as many, and each
    /// successful render cancels one. A page that exceeds a limit, as by flooding the browser with events, counts four times. Default: 3.</summary>
    [Range(1, 100)]
    public int HangsToOpen { get; set; } = 3;

    /// <summary>How long such a URL or realm is rejected before one trial render is allowed, 1 s to 1 h; a trial that fails doubles it, up to eight
    /// times. Default: 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan BreakerPause { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether the booted host app may be rendered without layout and paint, where that has been proven to change nothing. Default: auto.</summary>
    public LearningMode NoPaint { get; set; } = LearningMode.Auto;

    /// <summary>Whether an app without the host contract may be navigated to the next URL instead of being loaded again, where comparisons have shown that it makes no difference.
    /// An app that keeps answers of its API in memory may show one that is as old as <see cref="SoftNavigationMaxAge"/>, except in pages that are stored. Default: off.</summary>
    public LearningMode SoftNavigation { get; set; } = LearningMode.Off;

    /// <summary>How long after its load a document is used for soft navigations, and how long a page that keeps one may be idle before it is closed, 1 s to 1 h. Default: 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SoftNavigationMaxAge { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Maximum size of a result in MB, 1 to 100. Default: 16.</summary>
    [Range(1, 100)]
    public int MaxResultMb { get; set; } = 16;

    /// <summary>Maximum number of concurrent renders, including those that wait for a page, 1 to 100,000. Default: 256.</summary>
    [Range(1, 100_000)]
    public int MaxRenders { get; set; } = 256;
}
