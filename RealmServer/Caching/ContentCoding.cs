using Microsoft.Net.Http.Headers;

namespace Fleet.RealmServer.Caching;

/// <summary>The content coding of a response.</summary>
internal enum ContentCoding
{
    Identity,
    Gzip,
    Brotli,
}

/// <summary>Negotiates the content coding.</summary>
internal static class ContentCodings
{
    /// <summary>The best coding that the client accepts. Brotli is preferred to gzip: it compresses better and decompresses as fast.</summary>
    /// <param name="acceptEncoding">The request's <c>Accept-Encoding</c>.</param>
    public static ContentCoding For(string? acceptEncoding)
    {
        if (string.IsNullOrEmpty(acceptEncoding))
        {
            return ContentCoding.Identity;
        }

        // Fast path: what browsers send, without parsing.
        if (acceptEncoding.StartsWith("gzip, deflate, br", StringComparison.Ordinal) && !acceptEncoding.Contains(';', StringComparison.Ordinal))
        {
            return ContentCoding.Brotli;
        }

        if (!StringWithQualityHeaderValue.TryParseList([acceptEncoding], out var accepted))
        {
            return ContentCoding.Identity;
        }

        var (brotli, gzip, identity) = (Quality(accepted, "br") ?? 0, Quality(accepted, "gzip") ?? 0, Quality(accepted, "identity") ?? 0);
        return brotli > 0 && brotli >= gzip && brotli >= identity ? ContentCoding.Brotli
            : gzip > 0 && gzip >= identity ? ContentCoding.Gzip
            : ContentCoding.Identity;
    }

    /// <summary>The coding's name in <c>Content-Encoding</c>; null for identity.</summary>
    public static string? NameOf(ContentCoding coding) => coding switch
    {
        ContentCoding.Brotli => "br",
        ContentCoding.Gzip => "gzip",
        _ => null,
    };

    private static double? Quality(IList<StringWithQualityHeaderValue> accepted, string name) =>
        (accepted.FirstOrDefault(a => a.Value.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? accepted.FirstOrDefault(a => a.Value == "*" && name != "identity")) is { } found ? found.Quality ?? 1 : null;
}
