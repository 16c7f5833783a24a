using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Rendering.Operations;

/// <summary>A validated render request.</summary>
/// <param name="Url">The URL to render, inside the allow-list.</param>
/// <param name="Affinity">Renders with the same affinity may share a browser context.</param>
/// <param name="Formats">The formats to render; null for all that the host offers.</param>
/// <param name="Deadline">When the caller must have an answer.</param>
/// <param name="Priority">0 to 10.</param>
/// <param name="Accept">Which host shells are acceptable.</param>
/// <param name="RequestId">The id of the logical call.</param>
/// <param name="Lineage">Opaque token that the host sends with its own requests; empty when there is none.</param>
/// <param name="Depth">0 for a render requested by a caller; higher for a render requested by another render.</param>
/// <param name="Credentials">Credentials that the page sends to the URL's origin; null for public content.</param>
/// <param name="Screenshot">The screenshot to take; null for text.</param>
/// <param name="Command">The command to run; null for a plain render.</param>
internal sealed record RenderOperation(
    Uri Url,
    AffinityKey Affinity,
    IReadOnlyList<RenderFormat>? Formats,
    Deadline Deadline,
    int Priority,
    ShellAcceptance Accept,
    string RequestId,
    string Lineage,
    int Depth = 0,
    PageCredentials? Credentials = null,
    ScreenshotShape? Screenshot = null,
    CommandCall? Command = null)
{
    /// <summary>How the page differs from the fleet's desktop page; null if it does not.</summary>
    public PageSetup? Setup { get; init; }

    /// <summary>The waits before the page settles; null for none.</summary>
    public PageWaits? Waits { get; init; }

    /// <summary>Whether the page must be loaded for this render, instead of being a document that shows an earlier URL and moves on.</summary>
    public bool FullLoad { get; init; }

    /// <summary>Whether the render uses credentials, headers or cookies, or runs a command. Its page content is not kept for troubleshooting.</summary>
    public bool IsPrivate => Credentials is not null || Command is not null || Setup is { Headers.Count: > 0 } or { Cookies.Count: > 0 };

    /// <summary>URL prefix of the result's dependencies: the realm, or the URL's origin for any other affinity.</summary>
    public string Realm => Affinity.Kind == "realm" ? Affinity.Value : Url.GetLeftPart(UriPartial.Authority) + "/";
}

/// <summary>The waits before a page is captured.</summary>
/// <param name="Selector">An element that matches.</param>
/// <param name="Function">A script that is truthy.</param>
/// <param name="Event">An event.</param>
/// <param name="Then">How long after these.</param>
/// <param name="Max">Maximum time of the conditions; null until the deadline.</param>
/// <param name="IsBestAttempt">Whether the page is captured as it is when a condition is not met.</param>
internal sealed record PageWaits(string? Selector, string? Function, string? Event, TimeSpan Then, TimeSpan? Max, bool IsBestAttempt)
{
    /// <summary>The waits of a request; null for none.</summary>
    public static PageWaits? Of(PageRequest request) =>
        request is { WaitForSelector: null, WaitForFunction: null, WaitForEvent: null, WaitForTimeout: null or 0 } ? null : new(
            request.WaitForSelector, request.WaitForFunction, request.WaitForEvent, TimeSpan.FromMilliseconds(request.WaitForTimeout ?? 0),
            request.MaxWaitMs is { } max ? TimeSpan.FromMilliseconds(max) : null, request.BestAttempt ?? false);
}
