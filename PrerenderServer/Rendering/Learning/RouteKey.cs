using Fleet.Contracts;

namespace Fleet.PrerenderServer.Rendering.Learning;

/// <summary>The unit of learning: renders of one version of an app that are likely to run the same code.</summary>
/// <param name="App">The version of the app, such as the token of its host shell; null if unknown.</param>
/// <param name="Route">Pattern of the URL, and what is rendered of it: <c>site.example/elements/* isolated,head</c>.</param>
/// <param name="Fallback">The same without any segment of the path, for a site with too many patterns: <c>site.example/*/* isolated,head</c>.</param>
internal sealed record RouteKey(string? App, string Route, string Fallback)
{
    /// <summary>The key of a render. The first of several segments of a path names a kind of page; the others count as ids.</summary>
    public static RouteKey Of(string? app, Uri url, IReadOnlyList<RenderFormat> formats)
    {
        var segments = url.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var rest = string.Concat(Enumerable.Repeat("/*", Math.Max(0, segments.Length - 1)));
        var rendered = formats.Count == 0 ? "data" : string.Join(',', formats.Order().Select(static format => format.ToString().ToLowerInvariant()));
        return new(app,
            $"{url.Authority}{(segments is [var first, _, ..] ? $"/{first}{rest}" : segments is [_] ? "/*" : "/")} {rendered}",
            $"{url.Authority}{(segments.Length == 0 ? "/" : $"/*{rest}")} {rendered}");
    }
}
