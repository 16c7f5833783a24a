using Fleet.Contracts;

namespace Fleet.PrerenderServer.Rendering.Painting;

/// <summary>What a decision about painting applies to: renders of one version of the host app that are likely to run the same code.</summary>
/// <param name="Shell">Token of the host shell that the page has booted; null if unknown.</param>
/// <param name="Route">Pattern of the URL, and what is rendered of it: <c>site.example/elements/* isolated,head</c>.</param>
/// <param name="Fallback">The same without any segment of the path, for a site with too many patterns: <c>site.example/*/* isolated,head</c>.</param>
internal sealed record PaintKey(string? Shell, string Route, string Fallback)
{
    /// <summary>The key of a render. The first of several segments of a path names a kind of page; the others count as ids.</summary>
    public static PaintKey Of(string? shell, Uri url, IReadOnlyList<RenderFormat> formats)
    {
        var segments = url.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var rest = string.Concat(Enumerable.Repeat("/*", Math.Max(0, segments.Length - 1)));
        var rendered = formats.Count == 0 ? "data" : string.Join(',', formats.Order().Select(static format => format.ToString().ToLowerInvariant()));
        return new(shell,
            $"{url.Authority}{(segments is [var first, _, ..] ? $"/{first}{rest}" : segments is [_] ? "/*" : "/")} {rendered}",
            $"{url.Authority}{(segments.Length == 0 ? "/" : $"/*{rest}")} {rendered}");
    }
}

/// <summary>What a render used of the page's layout, which a page that is not painted does not have.</summary>
/// <param name="Read">The member that was read first: <c>Element.scrollHeight</c>. Null if none was.</param>
/// <param name="Observes">The member that tells the app of the layout in all later renders of the page: <c>ResizeObserver.observe</c>. Null if none does.</param>
internal sealed record LayoutUse(string? Read, string? Observes)
{
    /// <summary>Whether nothing was used.</summary>
    public bool IsNone => Read is null && Observes is null;
}

/// <summary>How a render is to run.</summary>
/// <param name="IsPainted">Whether the page has layout and paint.</param>
/// <param name="IsCompared">Whether the render is repeated the other way once it was answered, and both are compared.</param>
internal readonly record struct PaintPlan(bool IsPainted, bool IsCompared)
{
    /// <summary>Painted, without a comparison.</summary>
    public static PaintPlan Painted { get; } = new(true, false);
}

/// <summary>The result of a comparison.</summary>
internal enum PaintComparison
{
    /// <summary>Both renders have the same result.</summary>
    Equal,

    /// <summary>They differ, and a third render equals the first one.</summary>
    Different,

    /// <summary>They differ, and a third render differs from the first one too: the content changes by itself.</summary>
    Unsteady,
}
