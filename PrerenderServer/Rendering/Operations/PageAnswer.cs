using System.Text.Json;
using Fleet.Contracts;
using Fleet.PrerenderServer.Rendering.Learning;
using Fleet.PrerenderServer.Rendering.Painting;

namespace Fleet.PrerenderServer.Rendering.Operations;

/// <summary>A page's answer to a render, before it is converted to a result.</summary>
internal sealed record PageAnswer
{
    /// <summary>The outcome.</summary>
    public required RenderOutcome Outcome { get; init; }

    /// <summary>The page's status; 0 if unknown.</summary>
    public int Status { get; init; }

    /// <summary>Target of the redirect; null if there is none.</summary>
    public string? RedirectUrl { get; init; }

    /// <summary>Response headers that the page requests; null if there are none.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Rendered text by format.</summary>
    public IReadOnlyDictionary<RenderFormat, string> Formats { get; init; } = new Dictionary<RenderFormat, string>();

    /// <summary>The host's data about the content.</summary>
    public JsonElement? Data { get; init; }

    /// <summary>URLs that the page read.</summary>
    public IReadOnlyList<string> Deps { get; init; } = [];

    /// <summary>Explains an outcome other than <see cref="RenderOutcome.Rendered"/>, in one sentence.</summary>
    public string? Message { get; init; }

    /// <summary>Whether the request is wrong instead of the page; <see cref="Message"/> names the member and its value.</summary>
    public bool IsRequestWrong { get; init; }

    /// <summary>JavaScript stack of the error.</summary>
    public string? Stack { get; init; }

    /// <summary>The screenshot; null if none was requested or it failed.</summary>
    public byte[]? Screenshot { get; init; }

    /// <summary>The layout members that the render used; null if unknown.</summary>
    public LayoutUse? Layout { get; init; }

    /// <summary>The call of the host to repeat once the answer was sent, to compare it with this one; null for none.</summary>
    public HostCall? Compared { get; init; }

    /// <summary>The soft navigation that gave this answer; null for any other way.</summary>
    public SoftVisit? Soft { get; init; }

    /// <summary>How long the navigation and the capture of the document took; zero for any other way.</summary>
    public TimeSpan LoadTime { get; init; }

    /// <summary><c>settled</c> or <c>capped</c>; null if not measured.</summary>
    public string? Stability { get; init; }
}

/// <summary>Marks the answer of a soft navigation.</summary>
/// <param name="Key">The route.</param>
/// <param name="IsCompared">Whether it is repeated as a full load.</param>
internal sealed record SoftVisit(RouteKey Key, bool IsCompared);
