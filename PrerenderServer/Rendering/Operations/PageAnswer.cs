using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.PrerenderServer.Rendering.Operations;

/// <summary>What a page answered to a render, before it becomes a result.</summary>
internal sealed record PageAnswer
{
    /// <summary>The verdict.</summary>
    public required RenderOutcome Outcome { get; init; }

    /// <summary>The page's own status; 0 when it never said.</summary>
    public int Status { get; init; }

    /// <summary>Where it redirects to.</summary>
    public string? RedirectUrl { get; init; }

    /// <summary>Headers it asks for.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Rendered text by format.</summary>
    public IReadOnlyDictionary<RenderFormat, string> Formats { get; init; } = new Dictionary<RenderFormat, string>();

    /// <summary>What the host says about the content.</summary>
    public JsonElement? Data { get; init; }

    /// <summary>What the page read.</summary>
    public IReadOnlyList<string> Deps { get; init; } = [];

    /// <summary>One sentence on an outcome other than rendered.</summary>
    public string? Message { get; init; }

    /// <summary>JavaScript stack of the content's error.</summary>
    public string? Stack { get; init; }

    /// <summary>The screenshot, if one was asked for and could be taken.</summary>
    public byte[]? Screenshot { get; init; }

    /// <summary><c>settled</c> or <c>capped</c>.</summary>
    public string? Stability { get; init; }
}
