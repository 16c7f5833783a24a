using Fleet.Contracts;
using Fleet.PrerenderServer.Browser.Pages;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Rendering.Operations;

/// <summary>A valid request on its way through this server.</summary>
/// <param name="Url">What to render; inside the allow-list.</param>
/// <param name="Affinity">What may share the browser context.</param>
/// <param name="Formats">What to render; null for all that the host offers.</param>
/// <param name="Deadline">When the caller has to have an answer.</param>
/// <param name="Priority">0 to 10.</param>
/// <param name="Accept">Which host shell the page may have loaded.</param>
/// <param name="RequestId">The id of the logical call.</param>
/// <param name="Lineage">Opaque token that the host sends with its own requests; empty when there is none.</param>
/// <param name="Depth">0 when a caller asked for it, more when another render did.</param>
/// <param name="Credentials">What the page may show to the URL's origin; null for a render of public content.</param>
/// <param name="Screenshot">What to take a screenshot of; null for a render that wants text.</param>
/// <param name="Command">What to run; null for a render that renders.</param>
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
    /// <summary>Whether it shows what credentials open, or what a user does: that is nobody's to look at afterwards.</summary>
    public bool IsPrivate => Credentials is not null || Command is not null;

    /// <summary>URL prefix of what the render's result may depend on: the realm, and for a user the origin.</summary>
    public string Realm => Affinity.Kind == "realm" ? Affinity.Value : Url.GetLeftPart(UriPartial.Authority) + "/";
}

/// <summary>What came of a render.</summary>
/// <param name="Result">The verdict and its texts.</param>
/// <param name="Screenshot">The screenshot, if one was asked for and could be taken.</param>
internal sealed record RenderOperationResult(RenderResult Result, byte[]? Screenshot);
