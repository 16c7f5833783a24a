using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Site;

/// <summary>Tells requests for a page from requests for a file. It matters for paths that are no file: a route may have a dot in its last segment, while a missing
/// file must be a 404, since a module loader fails on HTML.</summary>
internal static class Navigation
{
    // The destinations of https://fetch.spec.whatwg.org that are loaded as a document.
    private static readonly string[] s_documents = ["document", "iframe", "frame", "embed", "object"];

    /// <summary>Whether a request asks for a page. Browsers name the destination, and navigations accept HTML. A client that says neither asks for a page unless the
    /// path has a file extension; a crawler, unless the path is where the host app has files and has the extension of a known type of file.</summary>
    /// <param name="request">The headers of the request.</param>
    /// <param name="path">What is known of its path.</param>
    public static bool IsPage(RequestTraits request, PathTraits path)
    {
        if (request.FetchMode == "navigate" || s_documents.Contains(request.FetchDestination))
        {
            return true;
        }

        // "empty" is fetch(): only its Accept header tells what it is for.
        if (request.FetchDestination is not (null or "" or "empty"))
        {
            return false;
        }

        return OfAccept(request.Accept) ?? (request.IsCrawler ? !path.LooksLikeFile : !path.HasExtension);
    }

    /// <summary>Whether the header accepts a page: true if it names HTML or Markdown, false if it names only other types. Null if it is missing or malformed, or is
    /// <c>*/*</c>, which says nothing.</summary>
    public static bool? OfAccept(string? accept)
    {
        if (string.IsNullOrWhiteSpace(accept) || !MediaTypeHeaderValue.TryParseList([accept], out var ranges))
        {
            return null;
        }

        return ranges.Any(range => range.Quality is not 0 && IsHtml(range.MediaType.Value)) ? true
            : ranges.All(range => range.MatchesAllTypes && range.Quality is not 0) ? null
            : false;
    }

    private static bool IsHtml(string? type) => type?.ToLowerInvariant() is "text/html" or "text/markdown" or "application/xhtml+xml" or "text/*";
}

/// <summary>Headers of a request that classify it.</summary>
/// <param name="Accept">The header <c>Accept</c>.</param>
/// <param name="FetchMode">The header <c>Sec-Fetch-Mode</c>.</param>
/// <param name="FetchDestination">The header <c>Sec-Fetch-Dest</c>.</param>
/// <param name="IsCrawler">Whether it comes from a crawler.</param>
internal readonly record struct RequestTraits(string? Accept, string? FetchMode, string? FetchDestination, bool IsCrawler)
{
    public static RequestTraits Of(HttpRequest request, bool isCrawler) =>
        new(request.Headers.Accept, request.Headers["Sec-Fetch-Mode"], request.Headers["Sec-Fetch-Dest"], isCrawler);
}

/// <summary>Properties of a path that is not a file.</summary>
/// <param name="HasExtension">Whether its last segment has an extension.</param>
/// <param name="LooksLikeFile">Whether the extension is that of a known type of file other than HTML, and the path is in a folder of the host app.</param>
internal readonly record struct PathTraits(bool HasExtension, bool LooksLikeFile);
