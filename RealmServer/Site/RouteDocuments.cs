using System.Diagnostics.CodeAnalysis;
using Fleet.Contracts;
using Fleet.RealmServer.Content;
using Fleet.RealmServer.HostShells;
using Fleet.RealmServer.Rendering;

namespace Fleet.RealmServer.Site;

/// <summary>Finds the documents that a build has made for routes beside <c>index.html</c>, as static hosts do: <c>about.html</c> for <c>/about</c>, <c>about/index.html</c> for <c>/about/</c>,
/// <c>200.html</c> or <c>404.html</c> for a path without one.</summary>
internal sealed class RouteDocuments(HostAppFiles files, HostShellFile shell, PublicAddress address, TimeProvider timeProvider)
{
    // A deploy copies files one after the other, so what the folder has is read again, whether or not the shell has changed.
    private static readonly TimeSpan s_maxAge = TimeSpan.FromSeconds(2);

    private const string Index = "/index.html";
    private const string Fallback = "/200.html";
    private const string NotFound = "/404.html";

    private volatile Build? _build;

    /// <summary>The document of a route.</summary>
    /// <param name="path">The request's path: decoded, without dot segments, with a leading slash. It is no file.</param>
    public RouteDocument Find(string path)
    {
        if (OwnOf(path) is { } own)
        {
            return own;
        }

        // An app that keeps the host contract routes by itself.
        if (shell.Current.HasMarkers || path == "/")
        {
            return default;
        }

        return files.Find(Fallback) == HostAppFile.Found ? new() { File = Fallback } : HasNotFound() ? new() { File = NotFound, IsNotFound = true } : default;
    }

    /// <summary>Whether a document is that of one route, and not of all that have none.</summary>
    /// <param name="document">Path of the file; null for <c>index.html</c>.</param>
    public static bool IsOwn([NotNullWhen(true)] string? document) => document is not (null or Fallback);

    /// <summary>The page of a route.</summary>
    /// <param name="document">Path of the route's own document; null if it has none.</param>
    /// <param name="url">The page's URL.</param>
    public PageSource SourceOf(string? document, string url)
    {
        var scope = PageSource.RoutesKeptUnder(address);
        return new(scope, url, document is null ? 0 : files.VersionOf(document))
        {
            Document = document,
            IsBuilt = IsOwn(document) || (document is null && url.Split('?', 2)[0] == scope && Current().IsStatic),
        };
    }

    /// <summary>Sends a document as it is.</summary>
    /// <param name="http">The request.</param>
    /// <param name="document">Path of the file.</param>
    /// <param name="status">The status: 200, or that of an error.</param>
    public async Task SendAsync(HttpContext http, string document, int status = StatusCodes.Status200OK)
    {
        var headers = http.Response.Headers;
        headers[FleetHeaders.HostShell] = shell.Current.Token;
        headers.Vary = headers.Vary.Count == 0 ? PageResponse.Vary : $"{headers.Vary}, {PageResponse.Vary}";
        await (status == StatusCodes.Status200OK ? files.SendAsync(http, document) : files.SendErrorAsync(http, document, status));
    }

    /// <summary>The route's own document; null if the build has made none for it.</summary>
    /// <param name="path">The request's path: decoded, without dot segments, with a leading slash. It is no file.</param>
    public RouteDocument? OwnOf(string path)
    {
        if (path is "/" or "/index" or "/200" or "/404")
        {
            return null;
        }

        var name = path.TrimEnd('/');
        var isFolder = name.Length < path.Length;
        return IsDocument(isFolder ? name + Index : name + ".html") ? new() { File = isFolder ? name + Index : name + ".html" }
            : IsDocument(isFolder ? name + ".html" : name + Index) ? new() { RedirectTo = isFolder ? name : name + "/" }
            : null;
    }

    private bool IsDocument(string file) => file != Index && files.Find(file) == HostAppFile.Found;

    // A path without a document is an error if the build says so. A single-page app has a 404.html, too, for hosts that know no other fallback: it shows nothing without its scripts.
    private bool HasNotFound() => Current() is { IsStatic: true, HasNotFound: true } && files.Find(NotFound) == HostAppFile.Found;

    private Build Current() => _build is { } build && timeProvider.GetElapsedTime(build.ReadAt) < s_maxAge ? build
        : _build = new(timeProvider.GetTimestamp(), ShowsContent(Index) && files.Documents().Any(file => file is not (Index or Fallback or NotFound)), ShowsContent(NotFound));

    private bool ShowsContent(string file) => files.ReadText(file) is { } html && ShownContent.IsIn(html);

    /// <summary>What the folder has.</summary>
    /// <param name="ReadAt">When it was read, as a timestamp.</param>
    /// <param name="IsStatic">Whether the documents show content without scripts: <c>index.html</c>, and there are others.</param>
    /// <param name="HasNotFound">Whether <c>404.html</c> does.</param>
    private sealed record Build(long ReadAt, bool IsStatic, bool HasNotFound);
}

/// <summary>The document of a route; the default if it is <c>index.html</c>.</summary>
internal readonly record struct RouteDocument
{
    /// <summary>Path of the file below the host app's folder, with a leading slash; null if the route is one of <c>index.html</c>.</summary>
    public string? File { get; init; }

    /// <summary>Whether the document says that the path does not exist: it is sent with status 404 and is not a page.</summary>
    public bool IsNotFound { get; init; }

    /// <summary>The path at which the route's document is; null if it is at its own.</summary>
    public string? RedirectTo { get; init; }
}
