using System.Globalization;
using Fleet.ServiceDefaults;

namespace Fleet.PrerenderServer.Browser.Cdp;

/// <summary>Decides which responses Chromium's HTTP cache would use again without asking the server, although the content may have changed since.</summary>
internal static class CachedResponse
{
    /// <summary>Whether a later render may get this response from the cache while the server would send another. Images, fonts and media do not count,
    /// and neither do scripts and styles that cannot change: <c>immutable</c> ones, and those with a hash in their name.</summary>
    /// <param name="type">Chromium's resource type, such as <c>Document</c> or <c>Fetch</c>.</param>
    /// <param name="url">The URL.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="headers">The response's headers, in any case. Several values of one header are separated by line feeds or commas.</param>
    public static bool MayBeOutdated(string type, string url, int status, IEnumerable<KeyValuePair<string, string>> headers)
    {
        var isAsset = type is "Script" or "Stylesheet";
        if (!isAsset && type is not ("Document" or "XHR" or "Fetch"))
        {
            return false;
        }

        var (control, expires, date, modified) = ("", (string?)null, (string?)null, false);
        foreach (var (name, value) in headers)
        {
            switch (name.ToLowerInvariant())
            {
                case "cache-control": control = value.ToLowerInvariant(); break;
                case "expires": expires = value; break;
                case "date": date = value; break;
                case "last-modified": modified = true; break;
            }
        }

        var directives = control.Split([',', '\n'], StringSplitOptions.TrimEntries);
        if (directives.Any(d => d is "no-store" or "no-cache") || (isAsset && (directives.Contains("immutable") || HasHash(url))))
        {
            return false;
        }

        var maxAge = directives.Where(d => d.StartsWith("max-age=", StringComparison.Ordinal)).Select(d => d["max-age=".Length..].Trim('"')).FirstOrDefault();
        if (maxAge is not null)
        {
            return !long.TryParse(maxAge, CultureInfo.InvariantCulture, out var seconds) || seconds > 0;
        }

        if (expires is not null)
        {
            return TryParse(expires) is { } until && (TryParse(date) is not { } sent || until > sent);
        }

        // Without a lifetime, the cache guesses one from the age of the content, and keeps permanent redirects for ever.
        return modified || status is 300 or 301 or 308 or 410;
    }

    // A name that may have a hash is enough: a wrong one is used as long as its site lets every browser use it.
    private static bool HasHash(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && ContentHash.MayBeIn(Path.GetFileName(uri.AbsolutePath));

    private static DateTimeOffset? TryParse(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed) ? parsed : null;
}
