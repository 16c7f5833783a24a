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
    /// <summary>Whether the render uses credentials or runs a command. Its page content is not kept for troubleshooting.</summary>
    public bool IsPrivate => Credentials is not null || Command is not null;

    /// <summary>URL prefix of the result's dependencies: the realm, or the URL's origin for any other affinity.</summary>
    public string Realm => Affinity.Kind == "realm" ? Affinity.Value : Url.GetLeftPart(UriPartial.Authority) + "/";
}

/// <summary>The result of a render.</summary>
/// <param name="Result">The outcome and the rendered texts.</param>
/// <param name="Screenshot">The screenshot; null if none was requested or it failed.</param>
internal sealed record RenderOperationResult(RenderResult Result, byte[]? Screenshot);
